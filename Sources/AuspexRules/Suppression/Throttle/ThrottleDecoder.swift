package import AuspexDocuments
import AuspexSignals

/// Decodes `throttle`: `{once_within: 1h}`, `{once_after: 5m}` or `{accumulate_within: 10m, threshold: 3}`, each with
/// `per: [labels]` if the rule's `group_by` is not meant.
package enum ThrottleDecoder {
    private static let forms = ["once_within", "once_after", "accumulate_within"]

    /// The throttle; nil when something is missing or wrong, which is then reported.
    ///
    /// - Parameters:
    ///   - node: The value of `throttle`.
    ///   - groupBy: The rule's `group_by`, to which `per` is held; nil for a rule without one, whose labels are not known.
    ///   - collector: Where mistakes go.
    package static func throttle(
        _ node: DocumentNode, groupBy: [String]?, reporting collector: DiagnosticCollector
    ) -> Throttle? {
        var reader = MappingReader(node, named: "a throttle", reporting: collector)
        reader.refuseNull(forms + ["threshold", "per"])
        let onceWithin = reader.optionalDuration("once_within", in: Throttle.windows)
        let onceAfter = reader.optionalDuration("once_after", in: Throttle.windows)
        let accumulateWithin = reader.optionalDuration("accumulate_within", in: Throttle.windows)
        let threshold = reader.optionalInt("threshold", in: Throttle.thresholds)
        let per = per(&reader, groupBy)
        reader.finish()
        checkForms(reader, node)
        let form: Throttle.Form?
        if let onceWithin {
            form = .onceWithin(onceWithin)
        } else if let onceAfter {
            form = .onceAfter(onceAfter)
        } else if let accumulateWithin, let threshold {
            form = .accumulate(within: accumulateWithin, threshold: Int(threshold))
        } else {
            form = nil
        }
        return form.map { Throttle($0, per: per) }
    }

    private static func checkForms(_ reader: MappingReader, _ node: DocumentNode) {
        let present = reader.keys.filter(forms.contains)
        let hasWindow = reader.has("accumulate_within")
        if present.count > 1 {
            let names = present.map { "'\($0)'" }.joined(separator: " and ")
            reader.report(present[1], "a throttle has exactly one of \(alternatives(forms)), not \(names)")
        } else if present.isEmpty, node.entries != nil, !reader.has("threshold") {
            reader.collector.report(reader.location, "a throttle needs one of \(alternatives(forms))")
        }
        if reader.has("threshold"), !hasWindow {
            reader.report("threshold", "'threshold' needs 'accumulate_within', the window in which it is counted")
        } else if hasWindow, !reader.has("threshold") {
            reader.report("accumulate_within", "'accumulate_within' needs 'threshold', how many it takes")
        }
    }

    private static func per(_ reader: inout MappingReader, _ groupBy: [String]?) -> [String]? {
        guard let names = reader.optionalStrings("per") else { return nil }
        if Set(names).count < names.count { reader.report("per", "'per' has a label twice") }
        if let groupBy, let stranger = names.first(where: { !groupBy.contains($0) }) {
            let hint = suggestion(for: stranger, among: groupBy)
            reader.report("per", "the rule does not group by '\(stranger)', so its alerts don't have it\(hint)")
        }
        return names
    }
}
