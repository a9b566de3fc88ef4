//! The nodes of a document by what each is, from one table.

use serde_json::Value;

use crate::source::push_escaped_segment;

/// What a node of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Info,
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Responses,
    Response,
    Header,
    MediaType,
    Encoding,
    Components,
    SecurityRequirement,
    SecurityScheme,
    Schema,
}

/// What a member may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A node.
    One(Kind),
    /// An object of nodes by name.
    Map(Kind),
    /// An array of nodes.
    List(Kind),
    /// A schema, or an array of them.
    SchemaOrList,
    Text,
    Bool,
    Number,
    /// A whole number of 0 or more.
    Count,
    Array,
    Texts,
    /// A string, or an array of them.
    TextOrTexts,
    /// A number, or a boolean as before `OpenAPI` 3.1.
    NumberOrBool,
}

/// Names of members, and what each is.
type Members = &'static [(&'static str, Shape)];

use Kind::{
    Components, Encoding, Header, Info, MediaType, Operation, Parameter, PathItem, Paths,
    RequestBody, Response, Responses, Root, Schema, SecurityRequirement, SecurityScheme,
};
use Shape::{
    Array, Bool, Count, List, Map, Number, NumberOrBool, One, SchemaOrList, Text, TextOrTexts,
    Texts,
};

impl Kind {
    /// The members of a node that the checks know. Members that are not named here are not looked at.
    pub(crate) fn members(self) -> Members {
        match self {
            Root => ROOT_MEMBERS,
            Info => &[("title", Text), ("version", Text), ("description", Text)],
            Components => COMPONENTS_MEMBERS,
            PathItem => PATH_ITEM_MEMBERS,
            Operation => OPERATION_MEMBERS,
            Parameter => PARAMETER_MEMBERS,
            RequestBody => REQUEST_BODY_MEMBERS,
            Response => RESPONSE_MEMBERS,
            Header => HEADER_MEMBERS,
            MediaType => &[("schema", One(Schema)), ("encoding", Map(Encoding))],
            Encoding => &[("contentType", Text), ("headers", Map(Header))],
            SecurityScheme => SECURITY_SCHEME_MEMBERS,
            Schema => SCHEMA_MEMBERS,
            // Their members are names: see `named`.
            Paths | Responses | SecurityRequirement => &[],
        }
    }

    /// What the members of a node are whose member names are free.
    pub(crate) fn named(self) -> Option<Kind> {
        match self {
            Paths => Some(PathItem),
            Responses => Some(Response),
            _ => None,
        }
    }
}

const ROOT_MEMBERS: Members = &[
    ("info", One(Info)),
    ("paths", One(Paths)),
    ("webhooks", Map(PathItem)),
    ("components", One(Components)),
    ("security", List(SecurityRequirement)),
    ("servers", Array),
    ("tags", Array),
    // Swagger 2.0
    ("definitions", Map(Schema)),
    ("parameters", Map(Parameter)),
    ("responses", Map(Response)),
    ("securityDefinitions", Map(SecurityScheme)),
    ("host", Text),
    ("basePath", Text),
    ("schemes", Texts),
    ("consumes", Texts),
    ("produces", Texts),
];

const COMPONENTS_MEMBERS: Members = &[
    ("schemas", Map(Schema)),
    ("responses", Map(Response)),
    ("parameters", Map(Parameter)),
    ("requestBodies", Map(RequestBody)),
    ("headers", Map(Header)),
    ("securitySchemes", Map(SecurityScheme)),
    ("pathItems", Map(PathItem)),
];

const PATH_ITEM_MEMBERS: Members = &[
    ("get", One(Operation)),
    ("put", One(Operation)),
    ("post", One(Operation)),
    ("delete", One(Operation)),
    ("options", One(Operation)),
    ("head", One(Operation)),
    ("patch", One(Operation)),
    ("trace", One(Operation)),
    ("parameters", List(Parameter)),
    ("summary", Text),
    ("description", Text),
    ("servers", Array),
];

const OPERATION_MEMBERS: Members = &[
    ("operationId", Text),
    ("summary", Text),
    ("description", Text),
    ("tags", Texts),
    ("deprecated", Bool),
    ("parameters", List(Parameter)),
    ("requestBody", One(RequestBody)),
    ("responses", One(Responses)),
    ("security", List(SecurityRequirement)),
    ("servers", Array),
    ("consumes", Texts),
    ("produces", Texts),
];

const PARAMETER_MEMBERS: Members = &[
    ("name", Text),
    ("in", Text),
    ("description", Text),
    ("required", Bool),
    ("style", Text),
    ("explode", Bool),
    ("schema", One(Schema)),
    ("content", Map(MediaType)),
    ("items", One(Schema)),
];

const REQUEST_BODY_MEMBERS: Members = &[
    ("description", Text),
    ("required", Bool),
    ("content", Map(MediaType)),
];

const RESPONSE_MEMBERS: Members = &[
    ("description", Text),
    ("headers", Map(Header)),
    ("content", Map(MediaType)),
    ("schema", One(Schema)),
];

const HEADER_MEMBERS: Members = &[
    ("description", Text),
    ("schema", One(Schema)),
    ("content", Map(MediaType)),
];

const SECURITY_SCHEME_MEMBERS: Members = &[
    ("type", Text),
    ("name", Text),
    ("in", Text),
    ("scheme", Text),
];

const SCHEMA_MEMBERS: Members = &[
    ("type", TextOrTexts),
    ("format", Text),
    ("title", Text),
    ("description", Text),
    ("pattern", Text),
    ("properties", Map(Schema)),
    ("patternProperties", Map(Schema)),
    ("dependentSchemas", Map(Schema)),
    ("$defs", Map(Schema)),
    ("definitions", Map(Schema)),
    ("required", Texts),
    ("enum", Array),
    ("items", SchemaOrList),
    ("prefixItems", List(Schema)),
    ("additionalProperties", One(Schema)),
    ("additionalItems", One(Schema)),
    ("unevaluatedProperties", One(Schema)),
    ("unevaluatedItems", One(Schema)),
    ("propertyNames", One(Schema)),
    ("contains", One(Schema)),
    ("contentSchema", One(Schema)),
    ("allOf", List(Schema)),
    ("anyOf", List(Schema)),
    ("oneOf", List(Schema)),
    ("not", One(Schema)),
    ("if", One(Schema)),
    ("then", One(Schema)),
    ("else", One(Schema)),
    ("nullable", Bool),
    ("readOnly", Bool),
    ("writeOnly", Bool),
    ("deprecated", Bool),
    ("uniqueItems", Bool),
    ("minimum", Number),
    ("maximum", Number),
    ("multipleOf", Number),
    ("exclusiveMinimum", NumberOrBool),
    ("exclusiveMaximum", NumberOrBool),
    ("minLength", Count),
    ("maxLength", Count),
    ("minItems", Count),
    ("maxItems", Count),
    ("minProperties", Count),
    ("maxProperties", Count),
];

/// One node, with the way back to the root.
pub(crate) struct Node<'a> {
    pub(crate) kind: Kind,
    pub(crate) value: &'a Value,
    /// Index of the node that holds it; its own for the root.
    parent: usize,
    /// The member of the parent, and the name or index in it.
    steps: [Option<Step<'a>>; 2],
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Node<'a> {
    /// The name under which the node stands, as the path of a path item; `None` for an element of an array.
    pub(crate) fn name(&self) -> Option<&'a str> {
        match self.steps.iter().flatten().last() {
            Some(Step::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// A member of the node.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name)
    }

    /// The target of the reference that stands in place of the node.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        self.get("$ref").and_then(Value::as_str)
    }
}

/// All nodes of a document, each before those that it holds.
pub(crate) struct Walk<'a> {
    nodes: Vec<Node<'a>>,
}

impl<'a> Walk<'a> {
    /// Finds the nodes. Examples, defaults and extensions hold none.
    pub(crate) fn new(root: &'a Value) -> Self {
        let mut nodes = Vec::new();
        let mut queue = vec![Node {
            kind: Root,
            value: root,
            parent: 0,
            steps: [None, None],
        }];
        while let Some(node) = queue.pop() {
            let first = queue.len();
            children(&node, nodes.len(), &mut queue);
            // The queue is taken from its end.
            if let Some(added) = queue.get_mut(first..) {
                added.reverse();
            }
            nodes.push(node);
        }
        Self { nodes }
    }

    pub(crate) fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The nodes of one kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// The node that holds another.
    pub(crate) fn parent(&self, node: &Node<'_>) -> Option<&Node<'a>> {
        self.nodes.get(node.parent)
    }

    /// JSON pointer to a node.
    pub(crate) fn pointer(&self, node: &Node<'_>) -> String {
        let mut steps = Vec::new();
        let mut at = Some((node.steps, node.parent));
        // A child stands after its parent, so the way up ends at the root.
        while let Some((found, parent)) = at {
            steps.extend(found.iter().rev().flatten().copied());
            at = match self.nodes.get(parent) {
                Some(next) if found[0].is_some() => Some((next.steps, next.parent)),
                _ => None,
            };
        }
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            pointer.push('/');
            match step {
                Step::Name(name) => push_escaped_segment(&mut pointer, name),
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

fn children<'a>(node: &Node<'a>, parent: usize, queue: &mut Vec<Node<'a>>) {
    let mut push = |kind, value, steps| {
        queue.push(Node {
            kind,
            value,
            parent,
            steps,
        });
    };
    let Some(members) = node.value.as_object() else {
        return;
    };
    if let Some(kind) = node.kind.named() {
        for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("x-")) {
            push(kind, value, [Some(Step::Name(name)), None]);
        }
        return;
    }
    let known = node.kind.members();
    for (member, value) in members {
        let Some((_, shape)) = known.iter().find(|(name, _)| name == member) else {
            continue;
        };
        let step = Some(Step::Name(member.as_str()));
        match (shape, value) {
            (Map(kind), Value::Object(items)) => {
                for (name, value) in items {
                    push(*kind, value, [step, Some(Step::Name(name))]);
                }
            }
            (List(kind), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    push(*kind, value, [step, Some(Step::Index(index))]);
                }
            }
            (SchemaOrList, Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    push(Schema, value, [step, Some(Step::Index(index))]);
                }
            }
            (SchemaOrList, Value::Object(_)) => push(Schema, value, [step, None]),
            (One(kind), Value::Object(_)) => push(*kind, value, [step, None]),
            _ => {}
        }
    }
}
