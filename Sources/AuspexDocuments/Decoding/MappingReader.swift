package import AuspexSignals

/// Reads a mapping by a closed schema: each key is asked for once, and ``finish()`` reports those that nobody asked for.
///
/// The accessors never throw. What is missing or wrong goes to the collector with its place, the answer is then nil (or
/// the default), and reading goes on, so that an author sees every mistake at once. Whoever decodes a whole file checks
/// the collector at the end.
///
/// ```swift
/// var reader = MappingReader(document.root, named: "a rule", reporting: collector)
/// let id = reader.identifier("id")                       // required: reported when missing
/// let status = reader.optionalChoice("status", of: RuleStatus.self) ?? .experimental
/// let wait = reader.optionalDuration("for") ?? .zero
/// reader.finish()
/// ```
package struct MappingReader {
    /// Where the mapping begins.
    package let location: SourceLocation
    /// What the mapping is, with its article, for messages: `a rule`.
    package let name: String
    /// Where mistakes go.
    package let collector: DiagnosticCollector

    private let values: [String: DocumentNode.Entry]
    private let order: [String]
    private var known: [String] = []

    /// Starts reading `node`. Anything but a mapping is reported and then read as an empty one whose missing keys are not
    /// reported again.
    package init(_ node: DocumentNode, named name: String, reporting collector: DiagnosticCollector) {
        location = node.location
        self.name = name
        self.collector = collector
        if let entries = node.entries {
            values = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
            order = entries.map(\.key)
            isMapping = true
        } else {
            values = [:]
            order = []
            isMapping = false
            collector.report(node.location, "\(name) must be a mapping of keys to values, not \(node.kind)")
        }
    }

    private let isMapping: Bool

    /// The keys that the mapping has, in the order of the file.
    package var keys: [String] { order }

    /// Whether `key` is there, be it null. Does not count as asking for it.
    package func has(_ key: String) -> Bool { values[key] != nil }

    /// Where `key` stands; the place of the mapping when it is missing.
    package func location(of key: String) -> SourceLocation { values[key]?.keyLocation ?? location }

    /// Reports a mistake at `key`, or at the mapping when the key is missing.
    package func report(_ key: String, _ message: String) { collector.report(location(of: key), message) }

    /// The value of `key`; nil when missing or null.
    package mutating func optionalNode(_ key: String) -> DocumentNode? {
        known.append(key)
        guard let node = values[key]?.value, !node.isNull else { return nil }
        return node
    }

    /// The value of `key`; missing or null is reported.
    package mutating func node(_ key: String) -> DocumentNode? {
        let node = optionalNode(key)
        if node == nil, isMapping {
            report(key, has(key) ? "'\(key)' has no value" : "\(name) needs '\(key)'")
        }
        return node
    }

    /// Reports each of the `keys` that is there as something that this version cannot do. They count as asked for, so
    /// that they are not reported as unknown as well.
    package mutating func refuse(_ keys: [String], because reason: String) {
        for key in keys {
            known.append(key)
            if has(key) { report(key, "'\(key)' \(reason)") }
        }
    }

    /// Reports each of the `keys` that is there without a value: those whose absence means something that nobody means who
    /// writes them down.
    package func refuseNull(_ keys: [String]) {
        for key in keys where values[key]?.value.isNull ?? false { report(key, "'\(key)' has no value") }
    }

    /// Reports every key that was not asked for, with the nearest one that could have been.
    package func finish() {
        for key in order where !known.contains(key) {
            report(key, "unknown key '\(key)' in \(name)\(suggestion(for: key, among: known.filter { !has($0) }))")
        }
    }
}
