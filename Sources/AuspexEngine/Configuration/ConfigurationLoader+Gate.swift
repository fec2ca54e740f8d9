import AuspexChanges
import AuspexDocuments
import AuspexSignals

extension ConfigurationLoader {
    /// `gate:`, with its `policies` left for ``scopedPolicy(_:standard:)``.
    static func apply(
        _ reader: inout MappingReader, to gate: inout EngineConfiguration.Gate, _ policies: inout [MappingReader]
    ) {
        apply(&reader, to: &gate.policy)
        if let readers = reader.optionalMappings("policies", named: "a policy") { policies = readers }
        if let span = reader.optionalDuration("wait", in: .zero ... .hours(24)) { gate.wait = span }
        if var section = reader.optionalMapping("judge") { apply(&section, to: &gate.judge) }
        for entry in reader.optionalEntries("repositories") ?? [] {
            guard let path = entry.value.text else {
                reader.report("repositories", "repository '\(entry.key)' must be a path, not \(entry.value.kind)")
                continue
            }
            gate.repositories[entry.key] = path
        }
        reader.finish()
    }

    /// An entry of `gate.policies`: what it leaves out is as in `gate` itself.
    static func scopedPolicy(_ reader: MappingReader, standard: GatePolicy) -> ScopedPolicy {
        var reader = reader
        var scoped = ScopedPolicy(policy: standard)
        scoped.services = reader.optionalStrings("services") ?? []
        scoped.environments = reader.optionalStrings("environments") ?? []
        if scoped.services.isEmpty, scoped.environments.isEmpty {
            reader.report(
                "services", "a policy needs 'services' or 'environments'; what is for all stands in 'gate' itself")
        }
        if !reader.has("name") { reader.report("name", "a policy needs 'name', by which verdicts tell it apart") }
        apply(&reader, to: &scoped.policy)
        reader.finish()
        return scoped
    }

    /// The members of a policy.
    private static func apply(_ reader: inout MappingReader, to policy: inout GatePolicy) {
        if let name = reader.optionalString("name") { policy.name = name }
        if let percentile = reader.optionalDouble("warn_percentile") { policy.warnPercentile = percentile }
        if let percentile = reader.optionalDouble("fail_percentile") { policy.failPercentile = percentile }
        for (key, member) in GatePolicy.thresholds {
            // Null turns a threshold off.
            let isThere = reader.has(key.rawValue)
            let threshold = reader.optionalDouble(key.rawValue)
            if isThere { policy[keyPath: member] = threshold }
        }
        for (key, member) in GatePolicy.effects {
            if let effect = reader.optionalChoice(key.rawValue, of: GatePolicy.Effect.self) {
                policy[keyPath: member] = effect
            }
        }
        if let span = reader.optionalDuration("min_time_since_deploy") { policy.minimumTimeSinceDeploy = span }
        if let names = reader.optionalStrings("required") {
            policy.required = names.compactMap { name in
                if let evidence = GatePolicy.Evidence(rawValue: name) { return evidence }
                reader.report("required", "'required' may hold risk, health and points, not '\(name)'")
                return nil
            }
        }
        if let span = reader.optionalDuration("health_max_age") { policy.healthMaxAge = span }
        if let meaning = reader.optionalChoice("inconclusive", of: GatePolicy.Inconclusive.self) {
            policy.inconclusive = meaning
        }
        if let effect = reader.optionalChoice("break_glass", of: GatePolicy.Override.self) {
            policy.breakGlass = effect
        }
        if let flag = reader.optionalBool("dry_run") { policy.dryRun = flag }
        if let span = reader.optionalDuration("valid_for") { policy.validFor = span }
        if let mistake = policy.mistake { reader.collector.report(reader.location, mistake) }
    }
}
