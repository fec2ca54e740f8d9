import AuspexDocuments
import AuspexRunbooks
import AuspexSignals

extension ConfigurationLoader {
    private static let counts: ClosedRange<Int64> = 1...1_000
    private static let windows = TimeSpan.minutes(1)...TimeSpan.hours(24 * 90)
    /// An event of yesterday is no reason to act, whoever configures it.
    private static let staleness = TimeSpan.minutes(1)...TimeSpan.hours(24)

    /// The keys of `actions:` that are about guards. They can be made stricter and looser, none can be switched off but the
    /// protection of the engine's own host.
    static func applyGuards(_ reader: inout MappingReader, to actions: inout EngineConfiguration.Actions) {
        if let needs = reader.optionalBool("require_promotion") { actions.promotion = needs ? .always : .never }
        if let names = reader.optionalStrings("protected") {
            if names.contains(where: \.isEmpty) {
                reader.report("protected", "'protected' must be names of hosts and services, not empty texts")
            }
            actions.protected = names
        }
        if let flag = reader.optionalBool("protect_own_host") { actions.protectsOwnHost = flag }
        guard var section = reader.optionalMapping("guards") else { return }
        if let span = section.optionalDuration("stale_after", in: staleness) { actions.guards.staleAfter = span }
        if var breaker = section.optionalMapping("breaker") {
            if let count = breaker.optionalInt("failures", in: counts) { actions.guards.breakerFailures = Int(count) }
            if let span = breaker.optionalDuration("within", in: windows) { actions.guards.breakerWindow = span }
            breaker.finish()
        }
        if var recurrence = section.optionalMapping("recurrence") {
            if let count = recurrence.optionalInt("times", in: counts) { actions.guards.mostRemedies = Int(count) }
            if let span = recurrence.optionalDuration("within", in: windows) {
                actions.guards.recurrenceWindow = span
            }
            recurrence.finish()
        }
        if var flapping = section.optionalMapping("flapping") {
            if let count = flapping.optionalInt("times", in: counts) { actions.guards.mostFirings = Int(count) }
            if let span = flapping.optionalDuration("within", in: windows) { actions.guards.flapWindow = span }
            flapping.finish()
        }
        section.finish()
    }
}
