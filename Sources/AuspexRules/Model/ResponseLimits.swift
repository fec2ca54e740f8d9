import AuspexDocuments
package import AuspexSignals

/// How often the runbooks that one rule asks for may run. Limits of a rule come on top of those that hold for all: they can
/// make less possible, never more.
package struct ResponseLimits: Hashable, Sendable, Codable {
    /// Most runs that the rule asked for at work at once; nil for what holds for all.
    package var mostAtOnce: Int?
    /// Most runs that the rule asked for started in any hour; nil likewise.
    package var mostPerHour: Int?
    /// How long a target is left alone after a run on it was made; nil likewise.
    package var coolDown: TimeSpan?

    /// Creates limits.
    package init(mostAtOnce: Int? = nil, mostPerHour: Int? = nil, coolDown: TimeSpan? = nil) {
        self.mostAtOnce = mostAtOnce
        self.mostPerHour = mostPerHour
        self.coolDown = coolDown
    }

    /// In what these limits would allow more than `ceiling`, in words; empty when in nothing.
    package func excess(over ceiling: ResponseLimits) -> [String] {
        var excess: [String] = []
        func compare<Value: Comparable>(
            _ name: String, _ own: Value?, _ other: Value?, _ isLooser: (Value, Value) -> Bool
        ) {
            guard let own, let other, isLooser(own, other) else { return }
            excess.append("\(name) \(own), where \(other) holds for all")
        }
        compare("max_active", mostAtOnce, ceiling.mostAtOnce, >)
        compare("max_per_hour", mostPerHour, ceiling.mostPerHour, >)
        compare("cool_down", coolDown, ceiling.coolDown, <)
        return excess
    }
}

extension RuleDecoder {
    /// `limits: {max_active: 1, max_per_hour: 2, cool_down: 2h}`
    func limits(_ reader: inout MappingReader) -> ResponseLimits? {
        guard let node = reader.optionalNode("limits") else { return nil }
        if node.entries?.isEmpty ?? false {
            reader.report("limits", "'limits' needs one of max_active, max_per_hour and cool_down")
        }
        var section = MappingReader(node, named: "'limits'", reporting: collector)
        let limits = ResponseLimits(
            mostAtOnce: section.optionalInt("max_active", in: 0...1_000).map(Int.init),
            mostPerHour: section.optionalInt("max_per_hour", in: 0...100_000).map(Int.init),
            coolDown: section.optionalDuration("cool_down"))
        section.finish()
        return limits
    }
}
