import AuspexSignals

extension PromQLParser {
    /// The braces behind a metric's name, if there are any; with a name in quotes inside them, where there is none before.
    mutating func selector(named name: String?) throws(PromQLError) -> PromQLSelector {
        var matchers = name.map { [Self.metric($0)] } ?? []
        guard take("{") else { return PromQLSelector(matchers: matchers) }
        while !isNext("}") {
            let offset = current.offset
            let matcher = try matcher()
            if matcher.label == Labels.metricName, name != nil {
                throw PromQLError(reason: "the metric's name stands twice", offset: offset)
            }
            matchers.append(matcher)
            guard take(",") else { break }
        }
        try expect("}")
        return PromQLSelector(matchers: matchers)
    }

    private static func metric(_ name: String) -> PromQLSelector.Matcher {
        PromQLSelector.Matcher(label: Labels.metricName, comparison: .equal, value: name)
    }

    private mutating func matcher() throws(PromQLError) -> PromQLSelector.Matcher {
        let label: String
        switch current.kind {
        case .word(let name):
            label = name
            advance()
        case .text(let name):
            label = name
            advance()
            if isNext(",") || isNext("}") { return Self.metric(name) }
        default: throw unexpected("a label")
        }
        guard case .symbol(let symbol) = current.kind,
            let comparison = PromQLSelector.Matcher.Comparison(rawValue: symbol)
        else { throw unexpected("=, !=, =~ or !~") }
        advance()
        guard case .text(let value) = current.kind else { throw unexpected("a text in quotes") }
        advance()
        return PromQLSelector.Matcher(label: label, comparison: comparison, value: value)
    }
}
