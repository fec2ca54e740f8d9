import AuspexPatterns

/// A compiled expression as flat tables. Nodes refer to one another by index and own nothing, so that walking them costs no
/// reference counting.
///
/// A class so that copies of a program share one set of tables; it never changes.
final class CELCode: Sendable {
    typealias NodeID = Int32

    /// What to compute. Where a case says `first` and `count`, `children` holds the ids.
    enum Node {
        case constant(Int32)
        case variable(Int32)
        case local(Int32)
        case select(operand: NodeID, field: Int32)
        case optionalSelect(operand: NodeID, field: Int32)
        case has(operand: NodeID, field: Int32)
        case index(operand: NodeID, key: NodeID)
        case optionalIndex(operand: NodeID, key: NodeID)
        case call1(Int32, NodeID)
        case call2(Int32, NodeID, NodeID)
        case call(Int32, first: Int32, count: Int32)
        case matches(NodeID, pattern: Int32)
        case list(first: Int32, count: Int32)
        /// Children are pairs: 1 if optional or 0, value.
        case optionalList(first: Int32, count: Int32)
        /// Children are triples: 1 if optional or 0, key, value.
        case map(first: Int32, count: Int32)
        /// Index into `messages`; children are triples: 1 if optional or 0, index into `names`, value.
        case message(Int32, first: Int32, count: Int32)
        case not(NodeID)
        case negate(NodeID)
        case binary(CELSyntax.Binary, NodeID, NodeID)
        case and(first: Int32, count: Int32)
        case or(first: Int32, count: Int32)
        case conditional(NodeID, NodeID, NodeID)
        case comprehension(Int32)
        case bind(slot: Int32, value: NodeID, body: NodeID)
        /// Parts whose values go to slots in a row, and the body that reads them. Where `children` says `first`.
        case block(slot: Int32, first: Int32, count: Int32, body: NodeID)
        /// The value of a part, or its error.
        case blockPart(slot: Int32)
        case optionalOr(NodeID, NodeID)
        case optionalOrValue(NodeID, NodeID)
        case optionalMap(slot: Int32, operand: NodeID, body: NodeID, isFlat: Bool)
        /// A mistake that the compiler left to the evaluation.
        case failure(Int32)
    }

    /// A macro over the elements of a list or the entries of a map.
    struct Comprehension {
        enum Kind {
            case all
            case exists
            case existsOne
            /// `map`, `filter` and `transformList`: a list of results.
            case list
            /// `transformMap`: a map with the same keys.
            case map
            /// `transformMapEntry`: a map merged from results.
            case entries
        }

        var kind: Kind
        var range: NodeID
        /// Where the element goes, or the index or key when there are two variables.
        var slot: Int32
        /// Where the element or value goes when there are two variables; -1 for one.
        var secondSlot: Int32
        /// The condition of all, exists and exists_one; the filter of the others, or -1.
        var condition: NodeID
        /// The result of the others, or -1 for the element itself.
        var result: NodeID
    }

    let nodes: [Node]
    let positions: [TextPosition]
    let children: [Int32]
    let constants: [CELValue]
    /// Names of variables and fields.
    let names: [String]
    let functions: [CELFunction]
    let patterns: [LinearPattern]
    let comprehensions: [Comprehension]
    let messages: [CELMessageType]
    let failures: [CELError]
    /// How many local variables are alive at once.
    let slotCount: Int
    let root: NodeID

    init(_ builder: CELCodeBuilder, root: NodeID) {
        nodes = builder.nodes
        positions = builder.positions
        children = builder.children
        constants = builder.constants
        names = builder.names
        functions = builder.functions
        patterns = builder.patterns
        comprehensions = builder.comprehensions
        messages = builder.messages
        failures = builder.failures
        slotCount = builder.slotCount
        self.root = root
    }
}

/// The tables while they grow.
struct CELCodeBuilder {
    private(set) var nodes: [CELCode.Node] = []
    private(set) var positions: [TextPosition] = []
    private(set) var children: [Int32] = []
    private(set) var constants: [CELValue] = []
    private(set) var names: [String] = []
    private(set) var functions: [CELFunction] = []
    private(set) var patterns: [LinearPattern] = []
    private(set) var comprehensions: [CELCode.Comprehension] = []
    private(set) var messages: [CELMessageType] = []
    private(set) var failures: [CELError] = []
    var slotCount = 0
    private var namePlaces: [String: Int32] = [:]

    mutating func add(_ node: CELCode.Node, at position: TextPosition) -> CELCode.NodeID {
        positions.append(position)
        return Self.append(node, to: &nodes)
    }

    /// Adds ids in a row and returns the index of the first.
    mutating func add(children ids: [Int32]) -> Int32 {
        defer { children.append(contentsOf: ids) }
        return Int32(children.count)
    }

    mutating func constant(_ value: CELValue) -> Int32 { Self.append(value, to: &constants) }

    mutating func name(_ text: String) -> Int32 {
        if let place = namePlaces[text], names[Int(place)].hasSameScalars(as: text) { return place }
        let place = Self.append(text, to: &names)
        namePlaces[text] = place
        return place
    }

    mutating func function(_ function: CELFunction) -> Int32 { Self.append(function, to: &functions) }
    mutating func pattern(_ pattern: LinearPattern) -> Int32 { Self.append(pattern, to: &patterns) }
    mutating func message(_ type: CELMessageType) -> Int32 { Self.append(type, to: &messages) }
    mutating func failure(_ error: CELError) -> Int32 { Self.append(error, to: &failures) }

    mutating func comprehension(_ comprehension: CELCode.Comprehension) -> Int32 {
        Self.append(comprehension, to: &comprehensions)
    }

    private static func append<Element>(_ element: Element, to table: inout [Element]) -> Int32 {
        table.append(element)
        return Int32(table.count - 1)
    }
}
