package import AuspexActions
package import AuspexChanges
package import AuspexDetection
package import AuspexRules
package import AuspexRunbooks
package import AuspexSignals

/// Everything that can be set about an engine. Each value is the default that holds without a configuration file.
package struct EngineConfiguration: Hashable, Sendable {
    /// Where the HTTP server listens: `host:port`.
    package var listen = ListenAddress(host: "127.0.0.1", port: 7070)
    /// The directory that holds the database and the spools of running steps.
    package var dataDirectory = "./auspex-data"
    /// Files and directories with rules.
    package var rulePaths: [String] = []
    /// Files and directories with runbooks.
    package var runbookPaths: [String] = []
    /// How long resolved alerts, changes and expired verdicts are kept. Runs and the audit are kept for good.
    package var retention = TimeSpan.hours(24 * 400)
    /// The streaming detector that watches every series.
    package var detection = Detection()
    /// Who may call the API, and how.
    package var api = API()
    /// The doors for CI systems.
    package var hooks = Hooks()
    /// What runs may do.
    package var actions = Actions()
    /// The files that settings named `…_file` name, and that hold secrets therefore.
    var settingFiles: Set<String> = []
    /// How a gate judges.
    package var gate = Gate()
    /// Where log records come from besides HTTP.
    package var logs = Logs()
    /// How alerts are put together into incidents.
    package var incidents = IncidentSettings()
    /// How outcomes of changes are decided, and how often is learned from them.
    package var outcomes = OutcomePolicy()

    /// How the gate answers other systems.
    package var answers = Answers()

    /// Creates the defaults.
    package init() {}

    /// A host name or address and a port.
    package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
        /// The host, an IPv6 address without brackets.
        package var host: String
        /// The port; 0 takes any free one.
        package var port: Int

        /// Creates an address.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `host:port` or `[address]:port`.
        package init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port)
            else { return nil }
            var host = String(text[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            guard !host.isEmpty else { return nil }
            self.init(host: host, port: port)
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        /// Whether only this machine can reach it.
        package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    }

    /// `detection:`
    package struct Detection: Hashable, Sendable {
        /// The specification, such as `ewma:halflife=30`.
        package var detector = "auto"
        /// How many false alerts each series may have; nil for one sample in a thousand.
        package var budget: AlertAllowance?
        /// How many partitions work side by side.
        package var partitions = 2
        /// How many series are watched; further ones are refused and counted.
        package var seriesLimit = 100_000
        /// How many bytes the series may be charged; when they come near it, further ones are watched in a light form or
        /// refused.
        package var memoryLimit = 1 << 30
        /// What changes do to the scores of the series that they concern.
        package var deployWindow = DeployWindowPolicy()
        /// Which series are judged together, and how; nil for each by itself.
        package var groups: GroupPolicy?
        /// How many bytes of messages may wait; when there are more, ingest answers 503.
        package var backlogBytes = 1 << 30
        /// How far ahead of the clock a sample's time may lie; later ones are refused.
        package var mostAhead = TimeSpan.minutes(10)
        /// A series for which nothing has come for so long is forgotten; should it return, it begins anew.
        package var seriesSilence = TimeSpan.hours(24)
        /// How many messages may wait before ingest is answered 503.
        package var backlogLimit = 10_000
        /// The longest time between two checkpoints.
        package var checkpointEvery = TimeSpan.seconds(10)
    }

    /// `api:`
    package struct API: Hashable, Sendable {
        /// The bearer token that every call but health checks and webhooks must carry; nil for none.
        package var token: Secret?
        /// Host names, besides those of the machine itself, under which the server may be addressed.
        package var hosts: [String] = []
        /// A connection on which nothing is sent for so long is closed, in the middle of a request as between two.
        package var idleTimeout = TimeSpan.seconds(75)
    }

    /// `hooks:`
    package struct Hooks: Hashable, Sendable {
        /// What senders of webhooks prove themselves with; one without is refused.
        package var secrets: [HookKey: Secret] = [:]
        /// The secrets that are still accepted while new ones are rolled out.
        package var previousSecrets: [HookKey: Secret] = [:]
        /// What names of senders mean; the first that matches counts.
        package var services: [ServiceName] = []
        /// The bearer token that notifications of an Alertmanager or of Grafana must carry; nil refuses all of them.
        package var alertmanagerToken: Secret?
    }

    /// `actions:`
    package struct Actions: Hashable, Sendable {
        /// The most that any rule may do by itself, whatever it says.
        package var ceiling = RunCeiling.propose
        /// The programs that runbooks may start, by absolute path.
        package var executables: [String] = []
        /// The users that commands may run as besides the engine's own, by name.
        package var users: [String] = []
        /// What every command may use at most.
        package var limits = ProcessLimits()
        /// The `host:port` that runbooks may call.
        package var httpHosts: [String] = []
        /// The `host:port` that health checks may connect to, besides those.
        package var checkHosts: [String] = []
        /// The directories that evidence may be collected from, as absolute paths.
        package var collectPaths: [String] = []
        /// Where the secrets are that runbooks use, by name.
        package var secrets: [String: SecretSource] = [:]
        /// Webhooks for notifications, by name.
        package var channels: [String: Secret] = [:]
        /// The channel that is told when a run needs an approval or a decision; nil for none.
        package var noticeChannel: String?
        /// The `auspex-exec` helper; nil looks beside the running program.
        package var helper: String?
        /// How many runs may be active at once.
        package var maximumActive = 3
        /// How long a target is left alone after an automatic run.
        package var coolDown = TimeSpan.minutes(30)
        /// How many automatic runs an hour may have.
        package var maximumPerHour = 10
        /// What needs a promotion, besides that a rule is stable.
        package var promotion = PromotionPolicy.auto
        /// Hosts and services that no rule may have touched.
        package var protected: [String] = []
        /// Whether nothing is done to the engine's own host and database without a person.
        package var protectsOwnHost = true
        /// The other guards; those above stand for their namesakes in it.
        package var guards = RunGuards()
        /// Whether `AUSPEX_CRASH_AT` is obeyed. For fault tests only.
        package var allowsFaultPoints = false
    }

    /// The most that a rule may do by itself.
    package enum RunCeiling: String, Hashable, Sendable, CaseIterable {
        /// Record the plan and nothing else.
        case shadow
        /// Wait for a person.
        case propose
        /// Run.
        case auto
    }

    /// `gate:`
    package struct Gate: Hashable, Sendable {
        /// What the gate makes of what it knows.
        package var policy = GatePolicy()
        /// Policies for some services or environments, instead of that one. The first that concerns a change counts.
        package var policies: [ScopedPolicy] = []
        /// How services are watched after changes.
        package var judge = WatchSettings()
        /// Repositories on this machine that a gate may read, by name.
        package var repositories: [String: String] = [:]
        /// How long a question of another system waits for what an inconclusive verdict lacks.
        package var wait = TimeSpan.minutes(10)

        /// The policy for a change of a service in an environment.
        package func policy(service: String, environment: String) -> GatePolicy {
            policies.first { $0.concerns(service: service, environment: environment) }?.policy ?? policy
        }
    }
}

/// A secret that never appears in a log, a description or an error.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The secret itself.
    package let value: String

    /// Wraps a secret.
    package init(_ value: String) {
        self.value = value
    }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
}

extension EngineConfiguration {
    /// The files that hold secrets: nothing that is put aside for people has them in it.
    var secretFiles: [String] {
        let sources = actions.secrets.values.compactMap { if case .file(let path) = $0 { path } else { nil } }
        return settingFiles.union(sources).sorted()
    }
}
