/// One word of a PromQL expression.
struct PromQLToken: Hashable {
    /// What it is.
    enum Kind: Hashable {
        /// A metric, label or function, or a keyword: PromQL lets keywords be names, so the parser tells them apart.
        case word(String)
        /// A number; a length of time counts in seconds.
        case number(Double)
        /// The content of a quoted text.
        case text(String)
        /// An operator or a bracket.
        case symbol(String)
        /// Nothing comes any more.
        case end
    }

    /// What it is.
    let kind: Kind
    /// How many Unicode scalars come before it.
    let offset: Int

    /// The token as messages show it.
    var shown: String {
        switch kind {
        case .word(let name): "'\(name)'"
        case .number: "a number"
        case .text: "a quoted text"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}
