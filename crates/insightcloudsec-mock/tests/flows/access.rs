//! Credentials, users and organizations.

use crate::{Clients, connect, input, some, start};
use insightcloudsec_mock::Mock;
use insightcloudsec_v2::types;
use rapid7_core::Credentials;
use serde_json::json;

async fn is_let_in(clients: &Clients) -> bool {
    match clients.v2.get_current_user().send().await {
        Ok(_) => true,
        Err(error) if error.is_unauthorized() => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn keys_logins_and_sessions() {
    let (mock, clients) = start().await;
    assert!(is_let_in(&clients).await);
    assert!(!is_let_in(&connect(&mock, Credentials::api_key("other"))).await);

    let login = connect(&mock, Credentials::login(mock.username(), mock.password()));
    let user = login.v2.get_current_user().send().await.unwrap();
    assert_eq!(user.username.as_deref(), Some("admin"));
    mock.expire_sessions();
    let spent = mock
        .requests()
        .pop()
        .unwrap()
        .header("x-auth-token")
        .unwrap()
        .to_owned();
    assert!(!is_let_in(&connect(&mock, Credentials::session(spent))).await);
    assert!(is_let_in(&clients).await, "keys outlive sessions");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_counted() {
    let (mock, clients) = start().await;
    let wrong = connect(&mock, Credentials::login(mock.username(), "wrong"));
    assert!(wrong.v2.list_clouds().send().await.is_err());
    let user = clients.v2.get_current_user().send().await.unwrap();
    assert_eq!(user.consecutive_failed_login_attempts, Some(1));
}

#[tokio::test]
async fn logout_ends_the_session() {
    let (mock, clients) = start().await;
    let body = json!({"username": mock.username(), "password": mock.password()});
    let session = clients
        .v2
        .login()
        .body(input::<types::LoginRequest>(body))
        .send()
        .await
        .unwrap();
    let token = session.session_id.as_ref().unwrap().expose().to_owned();
    let session = connect(&mock, Credentials::session(token));
    assert!(is_let_in(&session).await);
    session.v2.logout().send().await.unwrap();
    assert!(!is_let_in(&session).await);
}

#[tokio::test]
async fn a_new_key_replaces_the_old_one() {
    let (mock, clients) = start().await;
    let user = clients.v2.get_current_user().send().await.unwrap();
    let user_id = user.user_id.as_ref().unwrap().to_string();
    let body = json!({"user_id": user_id, "key_length": 32});
    let body = input::<types::CreateApiKeyRequest>(body);
    let key = clients.v2.create_api_key().body(body).send().await.unwrap();
    assert_eq!(key.expose().len(), 32);
    assert!(!is_let_in(&clients).await);

    let renewed = connect(&mock, Credentials::api_key(key.expose()));
    assert!(is_let_in(&renewed).await);
    let body = input::<types::DeactivateApiKeyRequest>(json!({"user_id": user_id}));
    renewed
        .v2
        .deactivate_api_key()
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(!is_let_in(&renewed).await);
}

#[tokio::test]
async fn users_come_and_go() {
    let (mock, clients) = start().await;
    let before = clients
        .v2
        .list_users()
        .send()
        .await
        .unwrap()
        .total_count
        .unwrap();
    let body = json!({
        "name": "Katherine", "username": "katherine", "email": "k@example.com",
        "access_level": "BASIC_USER", "password": "p4ss", "confirm_password": "p4ss",
    });
    let body = input::<types::CreateUserRequest>(body);
    let user = clients
        .v2
        .create_user()
        .body(body.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(user.email_address.as_deref(), Some("k@example.com"));
    assert!(is_let_in(&connect(&mock, Credentials::login("katherine", "p4ss"))).await);
    let twice = clients
        .v2
        .create_user()
        .body(body)
        .send()
        .await
        .unwrap_err();
    assert_eq!(twice.status().unwrap(), 400);

    let options = json!({"filters": [
        {"field_name": "username", "filter_type": "EXACT", "filter_value": "katherine"}
    ]});
    let options = input::<types::ListOptions>(options);
    let found = clients
        .v2
        .search_users()
        .body(options)
        .send()
        .await
        .unwrap();
    assert_eq!(found.total_count, Some(1));

    let id = some(&user.resource_id);
    clients
        .v2
        .delete_user()
        .user_resource_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        clients.v2.list_users().send().await.unwrap().total_count,
        Some(before)
    );
    let gone = clients
        .v2
        .delete_user()
        .user_resource_id(&id)
        .send()
        .await
        .unwrap_err();
    assert!(gone.is_not_found());
}

#[tokio::test]
async fn an_api_only_user_has_a_key_and_no_login() {
    let (mock, clients) = start().await;
    let body = json!({"name": "Robot", "username": "robot", "email": "robot@example.com"});
    let body = input::<types::CreateApiOnlyUserRequest>(body);
    let user = clients
        .v2
        .create_api_only_user()
        .body(body)
        .send()
        .await
        .unwrap();
    let key = user.api_key.as_ref().unwrap().expose().to_owned();
    assert!(is_let_in(&connect(&mock, Credentials::api_key(key))).await);
    let login = connect(&mock, Credentials::login("robot", "guess"));
    assert!(login.v2.list_clouds().send().await.is_err());

    mock.state(|state| state.add_user("ada", "p4ss"));
    let ada = connect(&mock, Credentials::login("ada", "p4ss"));
    let user_id = ada
        .v2
        .get_current_user()
        .send()
        .await
        .unwrap()
        .into_inner()
        .user_id
        .unwrap()
        .to_string();
    let body = input::<types::ConvertToApiOnlyUserRequest>(json!({"user_id": user_id}));
    let converted = clients
        .v2
        .convert_to_api_only_user()
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(!is_let_in(&ada).await, "sessions end");
    let key = converted.api_key.as_ref().unwrap().expose().to_owned();
    assert!(is_let_in(&connect(&mock, Credentials::api_key(key))).await);
}

#[tokio::test]
async fn organizations_have_their_own_clouds() {
    let mock = Mock::builder().clouds(3).start().await.unwrap();
    let clients = connect(&mock, Credentials::api_key(mock.api_key()));
    let all = clients.v2.list_organizations().send().await.unwrap();
    assert_eq!(all.len(), 2);

    let switch = |name: &str| {
        let body = input::<types::SwitchOrganizationRequest>(json!({"organization_name": name}));
        clients.v2.switch_organization().body(body).send()
    };
    switch("Acme Labs").await.unwrap();
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(0)
    );
    switch("Acme").await.unwrap();
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(3)
    );
    assert_eq!(switch("Nowhere").await.unwrap_err().status().unwrap(), 500);
}
