import AuspexDocuments
import AuspexExpressions
import AuspexSignals

extension RuleDecoder {
    /// Who is further away has little to do with it.
    private static let deepest: Int64 = 10
    private static let shortest = TimeSpan.seconds(1)
    private static let longest = TimeSpan.hours(31 * 24)

    /// `inhibited_by`: which alerts keep those of the rule quiet.
    func inhibition(_ node: DocumentNode) -> InhibitedBy? {
        var reader = MappingReader(node, named: "'inhibited_by'", reporting: collector)
        let alerts = reader.optionalMapping("alerts", named: "'alerts'").map { self.alerts($0) }
        let topology = reader.optionalMapping("topology", named: "'topology'").map { self.topology($0) }
        let most = reader.optionalDuration("max", in: Self.shortest...Self.longest)
        reader.finish()
        if alerts == nil, topology == nil {
            reader.collector.report(
                reader.location,
                "'inhibited_by' needs 'alerts', {equal: [service]}, or 'topology', {direction: upstream}")
            return nil
        }
        return InhibitedBy(
            alerts: alerts, topology: topology, longest: most ?? InhibitionRule.defaultLongest)
    }

    private func alerts(_ reader: MappingReader) -> InhibitedBy.Alerts {
        var reader = reader
        let test = alertTest(&reader)
        let equal = reader.optionalStrings("equal") ?? []
        if Set(equal).count < equal.count { reader.report("equal", "'equal' has a label twice") }
        if test == nil, equal.isEmpty {
            reader.report("equal", "without 'where' and 'equal' every alert would keep every other quiet")
        }
        reader.finish()
        return InhibitedBy.Alerts(test: test, equal: equal)
    }

    private func topology(_ reader: MappingReader) -> InhibitedBy.Topology {
        var reader = reader
        let direction = reader.choice("direction", of: ServiceDirection.self) ?? .upstream
        let depth = reader.optionalInt("depth", in: 1...Self.deepest) ?? 1
        let edge = reader.optionalString("edge") ?? "depends_on"
        if edge != "depends_on" { reader.report("edge", "there is one kind of edge, depends_on, not '\(edge)'") }
        let test = alertTest(&reader)
        reader.finish()
        return InhibitedBy.Topology(direction: direction, depth: Int(depth), test: test)
    }

    private func alertTest(_ reader: inout MappingReader) -> RuleExpression? {
        reader.optionalNode("where").flatMap { node in
            RuleExpression(
                node, about: [], variables: FactSchema.alertVariables, expecting: .bool, reporting: collector)
        }
    }
}
