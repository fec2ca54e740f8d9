import AuspexDocuments
import AuspexSignals

extension MappingReader {
    private static let counts: ClosedRange<Int64> = 0...100_000
    private static let longestSpan = TimeSpan.hours(24 * 366)

    /// What `limits` says besides the deadline: `{at_once: 1, per_hour: 4, cool_down: 1h, fleet: {…}}`.
    mutating func runbookLimits(in scope: Scope) -> RunbookLimits.Template {
        var template = RunbookLimits.Template()
        template.limits.mostAtOnce = optionalInt("at_once", in: Self.counts).map(Int.init)
        template.limits.mostPerHour = optionalInt("per_hour", in: Self.counts).map(Int.init)
        template.limits.coolDown = optionalDuration("cool_down", in: .zero...Self.longestSpan)
        guard var fleet = optionalMapping("fleet", named: "'fleet'") else { return template }
        let service = fleet.optionalTextNode("service").flatMap { scope.openTemplate($0.text, at: $0.node) }
        var selector: [String: Template] = [:]
        for entry in fleet.optionalEntries("selector") ?? [] {
            guard let text = entry.value.text else {
                collector.report(entry.value.location, "'\(entry.key)' must be text, not \(entry.value.kind)")
                continue
            }
            selector[entry.key] = scope.openTemplate(text, at: entry.value)
        }
        if (service == nil) == selector.isEmpty {
            collector.report(
                fleet.location, "'fleet' needs either 'service', such as api, or 'selector', such as {role: api}")
        }
        var limit = FleetLimit()
        if let share = fleet.percentage("min_healthy", in: FleetLimit.leastHealthy...1) { limit.minHealthy = share }
        if let most = fleet.share("max_at_once") { limit.mostAtOnce = most }
        if let span = fleet.optionalDuration("settle", in: .zero...Self.longestSpan) { limit.settle = span }
        fleet.finish()
        template.fleet = (limit, service, selector)
        return template
    }

    /// A share such as `70%`.
    private mutating func percentage(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let text = optionalString(key) else { return nil }
        if let share = Self.share(text), range.contains(share) { return share }
        let (least, most) = (Int((range.lowerBound * 100).rounded()), Int((range.upperBound * 100).rounded()))
        report(key, "'\(key)' must be a share from \(least)% to \(most)%, not '\(text)'")
        return nil
    }

    /// A number of instances such as `2`, or a share of them such as `10%`.
    private mutating func share(_ key: String) -> FleetLimit.Share? {
        guard let text = optionalString(key) else { return nil }
        if let count = Int(text), (1...Int(Self.counts.upperBound)).contains(count) { return .instances(count) }
        if let share = Self.share(text), share > 0, share <= 1 { return .share(share) }
        report(key, "'\(key)' must be a number of instances such as 1 or a share such as 10%, not '\(text)'")
        return nil
    }

    private static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()), percent.isFinite else { return nil }
        return percent / 100
    }
}
