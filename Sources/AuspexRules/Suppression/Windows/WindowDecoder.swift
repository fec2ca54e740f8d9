package import AuspexDocuments
import AuspexSignals

/// Decodes one window by the closed schema.
package enum WindowDecoder {
    private enum Remediation: String, CaseIterable {
        case allowed, blocked
    }

    /// The window; nil when something essential is missing or wrong, which is then reported.
    package static func window(_ node: DocumentNode, reporting collector: DiagnosticCollector) -> TimeWindow? {
        var reader = MappingReader(node, named: "a window", reporting: collector)
        _ = reader.string("kind")
        let id = reader.identifier("id")
        let title = reader.string("title")
        let owner = reader.string("owner")
        let effect = reader.choice("effect", of: TimeWindow.Effect.self)
        reader.refuseNull(["remediation"])
        let remediation = reader.optionalChoice("remediation", of: Remediation.self)
        if remediation != nil, effect == .freeze {
            reader.report(
                "remediation", "'remediation' is for a maintenance; in a freeze runbooks are proposed, not started")
        }
        let scope = scope(&reader)
        let schedule = ScheduleDecoder.schedule(&reader)
        reader.finish()
        guard let id, let title, let owner, let effect, let scope, let schedule else { return nil }
        return TimeWindow(
            id: id, title: title, owner: owner, effect: effect, blocksRemediation: remediation == .blocked,
            scope: scope, schedule: schedule, location: node.location)
    }

    /// `scope: all`, `scope: 'service="shop"'` or a list of such texts.
    private static func scope(_ reader: inout MappingReader) -> TimeWindow.Scope? {
        guard let node = reader.optionalNode("scope") else {
            if !reader.keys.isEmpty {
                reader.report("scope", "a window needs 'scope', such as 'service=\"shop\"' or all")
            }
            return nil
        }
        if node.text == "all" { return .all }
        var matchers: [LabelMatcher] = []
        for part in node.elements ?? [node] {
            guard let text = part.text else {
                reader.collector.report(part.location, "'scope' must be matchers, such as 'service=\"shop\"', or all")
                return nil
            }
            do {
                matchers += try MatcherParser.matchers(in: text)
            } catch {
                reader.collector.report(part.location(ofOffset: error.offset ?? 0), error.reason)
                return nil
            }
        }
        do {
            return .matching(try LabelMatchers(matchers))
        } catch {
            reader.collector.report(node.location, "\(error.reason); for all alerts write 'scope: all'")
            return nil
        }
    }
}
