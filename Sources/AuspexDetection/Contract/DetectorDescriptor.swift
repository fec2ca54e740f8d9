/// What a detector says of itself: enough to choose it, to configure it and to know its price before it runs.
public struct DetectorDescriptor: Sendable, Hashable, Codable {
    /// Whether a detector needs the whole table or takes one sample at a time.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// Needs the whole table.
        case batch
        /// Takes one sample at a time; runs over a table, too.
        case streaming
    }

    /// The name in specifications: `a-z`, `0-9` and `-`.
    public var name: String
    /// What it finds, in one sentence.
    public var summary: String
    /// Whether it needs the whole table.
    public var kind: Kind
    /// The family of methods that it belongs to, such as `neighbours`.
    public var family: String
    /// Its parameters, in the order in which they are documented.
    public var parameters: [ParameterDescriptor]
    /// Time as a function of n rows, d columns and window w.
    public var cost: String
    /// Memory as a function of the same.
    public var memory: String
    /// Where the method comes from: author, year.
    public var source: String
    /// How much history it needs before its scores mean something.
    public var minimumHistory: String

    /// Creates a descriptor.
    public init(
        name: String, summary: String, kind: Kind, family: String, parameters: [ParameterDescriptor] = [],
        cost: String, memory: String, source: String, minimumHistory: String
    ) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.family = family
        self.parameters = parameters
        self.cost = cost
        self.memory = memory
        self.source = source
        self.minimumHistory = minimumHistory
    }
}
