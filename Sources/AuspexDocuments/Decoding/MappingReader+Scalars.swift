package import AuspexSignals

extension MappingReader {
    /// The text of `key`. Any scalar is text, as the schema decides the type.
    package mutating func string(_ key: String) -> String? { node(key).flatMap { text($0, of: key) } }

    /// The text of `key`, nil when missing.
    package mutating func optionalString(_ key: String) -> String? { optionalNode(key).flatMap { text($0, of: key) } }

    /// The text of `key` with its node, for texts that are checked further.
    package mutating func textNode(_ key: String) -> (node: DocumentNode, text: String)? {
        node(key).flatMap { node in text(node, of: key).map { (node, $0) } }
    }

    /// The text of `key` with its node, nil when missing.
    package mutating func optionalTextNode(_ key: String) -> (node: DocumentNode, text: String)? {
        optionalNode(key).flatMap { node in text(node, of: key).map { (node, $0) } }
    }

    /// A name that may stand in URLs, file names and commands: 1 to 64 characters of `a-z`, `0-9` and `-`, the first a
    /// letter, the last not a hyphen.
    package mutating func identifier(_ key: String) -> String? { node(key).flatMap { identifier($0, of: key) } }

    /// The identifier of `key`, nil when missing.
    package mutating func optionalIdentifier(_ key: String) -> String? {
        optionalNode(key).flatMap { identifier($0, of: key) }
    }

    /// The whole number of `key`.
    package mutating func int(_ key: String, in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        node(key).flatMap { int($0, of: key, in: range) }
    }

    /// The whole number of `key`, nil when missing.
    package mutating func optionalInt(_ key: String, in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        optionalNode(key).flatMap { int($0, of: key, in: range) }
    }

    /// The number of `key`.
    package mutating func double(_ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity) -> Double? {
        node(key).flatMap { double($0, of: key, in: range) }
    }

    /// The number of `key`, nil when missing.
    package mutating func optionalDouble(
        _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity
    ) -> Double? {
        optionalNode(key).flatMap { double($0, of: key, in: range) }
    }

    /// The truth value of `key`.
    package mutating func bool(_ key: String) -> Bool? { node(key).flatMap { bool($0, of: key) } }

    /// The truth value of `key`, nil when missing.
    package mutating func optionalBool(_ key: String) -> Bool? { optionalNode(key).flatMap { bool($0, of: key) } }

    /// The length of time of `key`, written with its unit.
    package mutating func duration(
        _ key: String, in range: ClosedRange<TimeSpan> = .zero...TimeSpan(milliseconds: .max)
    ) -> TimeSpan? {
        node(key).flatMap { duration($0, of: key, in: range) }
    }

    /// The length of time of `key`, nil when missing.
    package mutating func optionalDuration(
        _ key: String, in range: ClosedRange<TimeSpan> = .zero...TimeSpan(milliseconds: .max)
    ) -> TimeSpan? {
        optionalNode(key).flatMap { duration($0, of: key, in: range) }
    }

    /// One of the values of an enumeration, by its raw value.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        node(key).flatMap { choice($0, of: key, type) }
    }

    /// One of the values of an enumeration, nil when missing.
    package mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        optionalNode(key).flatMap { choice($0, of: key, type) }
    }

    private func text(_ node: DocumentNode, of key: String) -> String? {
        if let text = node.text { return text }
        collector.report(node.location, "'\(key)' must be text, not \(node.kind)")
        return nil
    }

    private func identifier(_ node: DocumentNode, of key: String) -> String? {
        guard let text = text(node, of: key) else { return nil }
        if isIdentifier(text) { return text }
        let form = "1 to 64 of a-z, 0-9 and '-', first a letter, last not '-'"
        collector.report(node.location, "'\(key)' must be a name such as disk-almost-full (\(form)), not \(node.kind)")
        return nil
    }

    private func int(_ node: DocumentNode, of key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let number = node.int else {
            collector.report(node.location, "'\(key)' must be a whole number, not \(node.kind)")
            return nil
        }
        guard range.contains(number) else {
            let bounds = bounds(range, lowest: .min, highest: .max)
            collector.report(node.location, "'\(key)' must be \(bounds), not \(number)")
            return nil
        }
        return number
    }

    private func double(_ node: DocumentNode, of key: String, in range: ClosedRange<Double>) -> Double? {
        guard let number = node.double else {
            collector.report(node.location, "'\(key)' must be a number, not \(node.kind)")
            return nil
        }
        guard range.contains(number) else {
            let bounds = bounds(range, lowest: -.infinity, highest: .infinity)
            collector.report(node.location, "'\(key)' must be \(bounds), not \(number)")
            return nil
        }
        return number
    }

    private func bool(_ node: DocumentNode, of key: String) -> Bool? {
        if let flag = node.bool { return flag }
        collector.report(node.location, "'\(key)' must be true or false, not \(node.kind)")
        return nil
    }

    private func duration(_ node: DocumentNode, of key: String, in range: ClosedRange<TimeSpan>) -> TimeSpan? {
        guard let span = node.text.flatMap({ TimeSpan($0) }) else {
            let form = "a length of time with its unit, such as 30s, 5m or 1h30m"
            collector.report(node.location, "'\(key)' must be \(form), not \(node.kind)")
            return nil
        }
        guard range.contains(span) else {
            let bounds = bounds(range, lowest: .zero, highest: TimeSpan(milliseconds: .max))
            collector.report(node.location, "'\(key)' must be \(bounds), not \(span)")
            return nil
        }
        return span
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: DocumentNode, of key: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        if let choice = node.text.flatMap(Choice.init(rawValue:)) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let hint = nearestName(to: node.text ?? "", among: names).map { "; did you mean '\($0)'?" } ?? ""
        collector.report(node.location, "'\(key)' must be \(alternatives(names)), not \(node.kind)\(hint)")
        return nil
    }

    private func bounds<Number: Comparable>(_ range: ClosedRange<Number>, lowest: Number, highest: Number) -> String {
        if range.lowerBound <= lowest { return "at most \(range.upperBound)" }
        if range.upperBound >= highest { return "at least \(range.lowerBound)" }
        return "from \(range.lowerBound) to \(range.upperBound)"
    }
}

/// Whether `text` may name a rule, a runbook, a step or the like; see ``MappingReader/identifier(_:)``.
package func isIdentifier(_ text: String) -> Bool {
    let longest = 64
    let bytes = Array(text.utf8)
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let hyphen = UInt8(ascii: "-")
    guard let first = bytes.first, bytes.count <= longest, letters.contains(first), bytes.last != hyphen else {
        return false
    }
    return bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == hyphen }
}

/// `a`, `a or b`, `a, b or c`.
package func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
}
