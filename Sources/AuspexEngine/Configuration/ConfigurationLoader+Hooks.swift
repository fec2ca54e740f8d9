import AuspexDocuments
import AuspexSignals

/// `hooks:`
extension ConfigurationLoader {
    /// So many names of senders may have a meaning; each delivery is compared with all of them.
    private static let mostNames = 1_000

    static func apply(
        _ reader: inout MappingReader, to hooks: inout EngineConfiguration.Hooks, _ secrets: inout SecretReader
    ) {
        for key in HookKey.allCases {
            if let secret = read(key, key.rawValue, &secrets, &reader) { hooks.secrets[key] = secret }
            if let secret = read(key, key.previousName, &secrets, &reader) { hooks.previousSecrets[key] = secret }
        }
        if let secret = secrets.read("alertmanager_token", &reader) { hooks.alertmanagerToken = secret }
        if let entries = reader.optionalMappings("services", named: "an entry of 'services'") {
            if entries.count > mostNames {
                reader.report("services", "'services' may have at most \(mostNames) entries")
            }
            hooks.services = entries.compactMap { serviceName($0) }
        }
        reader.finish()
    }

    /// What no single key can be blamed for.
    static func check(_ hooks: EngineConfiguration.Hooks, _ file: SourceLocation, _ collector: DiagnosticCollector) {
        for key in HookKey.allCases where hooks.previousSecrets[key] != nil && hooks.secrets[key] == nil {
            collector.report(
                file, "hooks.\(key.previousName): there is no \(key.rawValue) that could have come after it")
        }
    }

    private static func read(
        _ key: HookKey, _ name: String, _ secrets: inout SecretReader, _ reader: inout MappingReader
    ) -> Secret? {
        guard let secret = secrets.read(name, &reader) else { return nil }
        if key.bytes(of: secret.value) != nil { return secret }
        reader.report(reader.has(name) ? name : name + "_file", "'\(name)' must be \(key.form)")
        return nil
    }

    private static func serviceName(_ entry: MappingReader) -> ServiceName? {
        var reader = entry
        let sender = reader.optionalChoice("source", of: HookSender.self)
        let match = reader.string("match")
        let service = reader.optionalString("service")
        let environment = reader.optionalString("environment")
        reader.finish()
        guard let match else { return nil }
        if match.isEmpty || match.dropLast().contains("*") {
            reader.report("match", "'match' must be a name such as owner/name, or its beginning with a '*' at the end")
        }
        for (key, text) in [("service", service), ("environment", environment)] where text?.isEmpty == true {
            reader.report(key, "'\(key)' is empty; set it, or leave it out")
        }
        if service == nil, environment == nil {
            reader.report("match", "an entry of 'services' needs 'service', 'environment' or both")
        }
        return ServiceName(sender: sender, match: match, service: service, environment: environment)
    }
}
