import AuspexActions
import AuspexChanges
package import AuspexDetection
package import AuspexDocuments
import AuspexSignals
import Foundation

/// Reads the configuration: defaults, then the file, then the environment, each over the one before.
///
/// `AUSPEX_DETECTION__CHECKPOINT_EVERY=30s` sets `checkpoint_every` in `detection:`; a list is written `[a, b]`.
/// Secrets come from a file that `…_file` names, or straight from the environment; in a configuration file they are
/// refused. Only a channel's URL may stand there, for not every one holds a secret.
package enum ConfigurationLoader {
    private static let prefix = "AUSPEX_"
    /// Variables with the prefix that are no settings: fault tests, what a client needs, and all that tests use.
    private static let otherVariables: Set<String> = [
        "AUSPEX_CRASH_AT", "AUSPEX_FAULTS", "AUSPEX_FAULT_SEED", "AUSPEX_SERVER", "AUSPEX_TOKEN",
    ]
    private static let testPrefix = "AUSPEX_TEST_"
    /// What Kubernetes sets in every container for a service called `auspex`.
    private static let serviceLinks = ["AUSPEX_SERVICE_HOST", "AUSPEX_SERVICE_PORT", "AUSPEX_PORT"]

    private static func isSetting(_ name: String) -> Bool {
        name.hasPrefix(prefix) && !name.hasPrefix(testPrefix) && !otherVariables.contains(name)
            && !serviceLinks.contains { name == $0 || name.hasPrefix($0 + "_") }
    }

    /// Reads the configuration.
    ///
    /// - Parameters:
    ///   - path: The file; nil for the defaults.
    ///   - environment: The process's environment.
    /// - Throws: `DocumentError` with every mistake that could be found, each with its place.
    package static func load(
        path: String?, environment: [String: String], registry: DetectorRegistry = .standard
    ) throws(DocumentError) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        let collector = DiagnosticCollector()
        var policies: [MappingReader] = []
        if let path {
            for document in try DocumentFiles.documents(at: [path]) {
                apply(document.root, to: &configuration, secretsAllowed: false, &policies, collector)
            }
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where isSetting(name) {
            for document in try DocumentParser.documents(in: yaml(of: name, value), file: name) {
                apply(document.root, to: &configuration, secretsAllowed: true, &policies, collector)
            }
        }
        // Last, because each takes over what the others have set for all.
        configuration.gate.policies = policies.map { scopedPolicy($0, standard: configuration.gate.policy) }
        check(configuration, path: path ?? "configuration", registry, collector)
        try collector.check()
        return configuration
    }

    /// `AUSPEX_A__B=value` as the YAML text `{a: {b: value}}` in block form.
    private static func yaml(of name: String, _ value: String) -> String {
        let keys = name.dropFirst(prefix.count).lowercased().split(separator: "_", omittingEmptySubsequences: false)
        // Two underscores leave an empty part between them.
        let path = keys.split(separator: "").map { $0.joined(separator: "_") }
        var text = ""
        for (depth, key) in path.enumerated() {
            text += (depth > 0 ? "\n" : "") + String(repeating: " ", count: 2 * depth) + key + ":"
        }
        return text + " " + scalar(value)
    }

    /// A list, a number or a truth value as it stands; anything else quoted, so that no character of it means anything.
    private static func scalar(_ value: String) -> String {
        if value.hasPrefix("[") || value == "true" || value == "false" || Double(value) != nil { return value }
        return "'" + value.replacing("'", with: "''") + "'"
    }

    private static func apply(
        _ root: DocumentNode, to configuration: inout EngineConfiguration, secretsAllowed: Bool,
        _ policies: inout [MappingReader], _ collector: DiagnosticCollector
    ) {
        configuration.settingFiles.formUnion(Self.files(in: root))
        var reader = MappingReader(root, named: "the configuration", reporting: collector)
        if let text = reader.optionalString("listen") {
            if let address = EngineConfiguration.ListenAddress(text) {
                configuration.listen = address
            } else {
                reader.report("listen", "'listen' must be host:port such as 127.0.0.1:7070, not '\(text)'")
            }
        }
        if let directory = reader.optionalString("data_dir") { configuration.dataDirectory = directory }
        if let paths = reader.optionalStrings("rules") { configuration.rulePaths = paths }
        if let paths = reader.optionalStrings("runbooks") { configuration.runbookPaths = paths }
        if let span = reader.optionalDuration("retention", in: .hours(24) ... .hours(24 * 36_500)) {
            configuration.retention = span
        }
        var secrets = SecretReader(areAllowed: secretsAllowed)
        if var section = reader.optionalMapping("detection") { apply(&section, to: &configuration.detection) }
        if var section = reader.optionalMapping("api") { apply(&section, to: &configuration.api, &secrets) }
        if var section = reader.optionalMapping("hooks") { apply(&section, to: &configuration.hooks, &secrets) }
        if var section = reader.optionalMapping("actions") { apply(&section, to: &configuration.actions, collector) }
        if var section = reader.optionalMapping("gate") { apply(&section, to: &configuration.gate, &policies) }
        if var section = reader.optionalMapping("logs") { apply(&section, to: &configuration.logs) }
        if var section = reader.optionalMapping("incidents") { apply(&section, to: &configuration.incidents) }
        if var section = reader.optionalMapping("answers") { apply(&section, to: &configuration.answers, &secrets) }
        if var section = reader.optionalMapping("outcomes") { apply(&section, to: &configuration.outcomes) }
        reader.finish()
    }

    /// The paths that settings named `…_file` have.
    private static func files(in node: DocumentNode) -> [String] {
        (node.elements ?? []).flatMap(files)
            + (node.entries ?? []).flatMap { entry in
                entry.key.hasSuffix("_file") ? [entry.value.text].compactMap(\.self) : files(in: entry.value)
            }
    }

    private static func apply(_ reader: inout MappingReader, to detection: inout EngineConfiguration.Detection) {
        if let detector = reader.optionalString("detector") { detection.detector = detector }
        if let text = reader.optionalString("budget") {
            detection.budget = AlertAllowance(text)
            if detection.budget == nil {
                reader.report("budget", "'budget' must be \(AlertAllowance.form), not '\(text)'")
            }
        }
        if let count = reader.optionalInt("partitions", in: 1...256) { detection.partitions = Int(count) }
        if let limit = reader.optionalInt("max_series", in: 1...10_000_000) { detection.seriesLimit = Int(limit) }
        if let limit = reader.optionalInt("max_memory", in: (1 << 20)...(1 << 50)) {
            detection.memoryLimit = Int(limit)
        }
        if let limit = reader.optionalInt("max_backlog_bytes", in: 1...(1 << 50)) {
            detection.backlogBytes = Int(limit)
        }
        if let span = reader.optionalDuration("max_ahead", in: .zero ... .hours(24)) { detection.mostAhead = span }
        if let span = reader.optionalDuration("forget_after", in: .minutes(1) ... .hours(24 * 366)) {
            detection.seriesSilence = span
        }
        if let limit = reader.optionalInt("max_backlog", in: 1...10_000_000) { detection.backlogLimit = Int(limit) }
        if let span = reader.optionalDuration("checkpoint_every", in: .seconds(1) ... .hours(1)) {
            detection.checkpointEvery = span
        }
        if var section = reader.optionalMapping("deploy_window") { apply(&section, to: &detection.deployWindow) }
        if var section = reader.optionalMapping("groups") { detection.groups = groups(&section) }
        reader.finish()
    }

    private static func groups(_ reader: inout MappingReader) -> GroupPolicy {
        let names = reader.optionalStrings("labels") ?? []
        if names.isEmpty { reader.report("labels", "'labels' must name at least one label, such as service") }
        var policy = GroupPolicy(labels: names)
        policy.falseDiscovery = reader.optionalDouble("false_discovery", in: 0.001...0.5)
        policy.joint = reader.optionalBool("joint") ?? policy.joint
        reader.finish()
        return policy
    }

    private static func apply(_ reader: inout MappingReader, to window: inout DeployWindowPolicy) {
        if let effect = reader.optionalChoice("policy", of: DeployWindowPolicy.Effect.self) { window.effect = effect }
        if let span = reader.optionalDuration("length", in: .seconds(1) ... .hours(24)) { window.length = span }
        if let factor = reader.optionalDouble("factor", in: 1...1_000) { window.factor = factor }
        if let names = reader.optionalStrings("labels") {
            if names.isEmpty { reader.report("labels", "'labels' must name at least one label, such as service") }
            window.labels = names
        }
        reader.finish()
    }

    private static func apply(
        _ reader: inout MappingReader, to api: inout EngineConfiguration.API, _ secrets: inout SecretReader
    ) {
        if let token = secrets.read("token", &reader) { api.token = token }
        if let hosts = reader.optionalStrings("hosts") { api.hosts = hosts.map { $0.lowercased() } }
        if let span = reader.optionalDuration("idle_timeout", in: .seconds(1) ... .hours(1)) { api.idleTimeout = span }
        reader.finish()
    }

    private static func apply(
        _ reader: inout MappingReader, to actions: inout EngineConfiguration.Actions, _ collector: DiagnosticCollector
    ) {
        if let ceiling = reader.optionalChoice("ceiling", of: EngineConfiguration.RunCeiling.self) {
            actions.ceiling = ceiling
        }
        if let paths = reader.optionalStrings("executables") {
            for path in paths where !path.hasPrefix("/") {
                reader.report(
                    "executables", "'executables' must be absolute paths; '\(path)' would be looked up in PATH")
            }
            actions.executables = paths
        }
        applyProcesses(&reader, to: &actions)
        if let hosts = reader.optionalStrings("http_hosts") {
            do throws(HostAllowListError) {
                _ = try HostAllowList(hosts)
            } catch {
                reader.report("http_hosts", "'http_hosts': \(error)")
            }
            actions.httpHosts = hosts
        }
        applyChecks(&reader, to: &actions)
        actions.secrets.merge(secretSources(&reader)) { _, later in later }
        for entry in reader.optionalEntries("channels") ?? [] {
            if let url = channelURL(entry.key, entry.value, &reader, collector) {
                actions.channels[entry.key] = Secret(url)
            }
        }
        if let name = reader.optionalString("notice_channel") {
            if actions.channels[name] == nil {
                reader.report(
                    "notice_channel",
                    "there is no channel '\(name)'\(suggestion(for: name, among: actions.channels.keys.sorted()))")
            }
            actions.noticeChannel = name
        }
        if let helper = reader.optionalString("helper") {
            if !FileManager.default.isExecutableFile(atPath: helper) {
                reader.report("helper", "'helper' must be the path of the program auspex-exec, not '\(helper)'")
            }
            actions.helper = helper
        }
        if let count = reader.optionalInt("max_active", in: 0...1_000) { actions.maximumActive = Int(count) }
        if let span = reader.optionalDuration("cool_down") { actions.coolDown = span }
        if let count = reader.optionalInt("max_per_hour", in: 0...100_000) { actions.maximumPerHour = Int(count) }
        applyGuards(&reader, to: &actions)
        if let flag = reader.optionalBool("allow_fault_points") { actions.allowsFaultPoints = flag }
        reader.finish()
    }

    /// The URL of a channel: as text, or in a file of its own that `url_file` names, for most such URLs hold a secret.
    private static func channelURL(
        _ name: String, _ value: DocumentNode, _ reader: inout MappingReader, _ collector: DiagnosticCollector
    ) -> String? {
        var text = value.text
        if text == nil {
            var channel = MappingReader(value, named: "channel '\(name)'", reporting: collector)
            if let path = channel.string("url_file") { text = SecretReader.text(ofFile: path, "url_file", &channel) }
            channel.finish()
            if text == nil { return nil }
        }
        guard let text, let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false
        else {
            reader.report("channels", "channel '\(name)' must be a URL such as https://hooks.example.com/…")
            return nil
        }
        return text
    }

    /// What no single key can be blamed for.
    private static func check(
        _ configuration: EngineConfiguration, path: String, _ registry: DetectorRegistry,
        _ collector: DiagnosticCollector
    ) {
        let file = SourceLocation(file: path)
        do throws(DetectorError) {
            _ = try registry.makeStreaming(configuration.detection.detector)
        } catch {
            collector.report(file, "detection.detector: \(error)")
        }
        do throws(EngineConfiguration.Answers.Mistake) {
            _ = try configuration.answers.access()
        } catch {
            collector.report(file, error.description)
        }
        check(configuration.hooks, file, collector)
        if !configuration.listen.isLoopback, configuration.api.token == nil {
            collector.report(
                file,
                "listen: \(configuration.listen) can be reached from other machines, so api.token_file is needed; "
                    + "without a token listen on 127.0.0.1")
        }
    }
}

/// Reads secrets, which may stand in the environment and in files of their own, never in a configuration file.
struct SecretReader {
    let areAllowed: Bool

    mutating func read(_ key: String, _ reader: inout MappingReader) -> Secret? {
        if let text = reader.optionalString(key) {
            if areAllowed, !text.isEmpty { return Secret(text) }
            reader.report(
                key,
                areAllowed
                    ? "'\(key)' is empty; set it, or leave it out"
                    : "a secret does not belong in this file; name a file that holds it in '\(key)_file'")
        }
        guard let path = reader.optionalString(key + "_file") else { return nil }
        return Self.text(ofFile: path, key + "_file", &reader).map { Secret($0) }
    }

    /// The text of a file without the line feed at its end; reports why not.
    static func text(ofFile path: String, _ key: String, _ reader: inout MappingReader) -> String? {
        do throws(DocumentError) {
            var text = try DocumentFiles.text(ofFile: path)
            while text.last?.isNewline == true { text.removeLast() }
            if !text.isEmpty { return text }
            reader.report(key, "\(path) is empty")
        } catch {
            reader.report(key, error.description)
        }
        return nil
    }
}
