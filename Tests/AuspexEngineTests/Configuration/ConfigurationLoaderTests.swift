import AuspexChanges
import AuspexDetection
import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct ConfigurationLoaderTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> EngineConfiguration {
        let directory = try TemporaryDirectory()
        return try ConfigurationLoader.load(path: try directory.file("auspex.yaml", text), environment: environment)
    }

    @Test("no file at all gives an engine on loopback that does nothing by itself")
    func defaults() throws {
        let configuration = try ConfigurationLoader.load(path: nil, environment: ["PATH": "/bin"])
        #expect(configuration.listen.description == "127.0.0.1:7070")
        #expect(configuration.dataDirectory == "./auspex-data")
        #expect(configuration.detection.detector == "auto")
        #expect(configuration.detection.budget == nil)
        #expect(configuration.detection.groups == nil)
        #expect(configuration.detection.memoryLimit == 1 << 30)
        #expect(configuration.actions.ceiling == .propose)
        #expect(configuration.actions.executables.isEmpty)
    }

    @Test("the environment goes over the file, and lists, numbers and texts keep their type")
    func environment() throws {
        let configuration = try load(
            "listen: 127.0.0.1:1\ndetection:\n  detector: ewma\n  checkpoint_every: 5s\n  budget: 2/12h\n  max_memory: 2000000\n",
            [
                "AUSPEX_LISTEN": "127.0.0.1:2", "AUSPEX_DETECTION__CHECKPOINT_EVERY": "30s",
                "AUSPEX_DETECTION__MAX_SERIES": "7", "AUSPEX_RULES": "[a, 'b c']", "AUSPEX_GATE__DRY_RUN": "true",
                "AUSPEX_API__TOKEN": "it's: #1",
            ])
        #expect(configuration.listen.port == 2)
        #expect(configuration.detection.checkpointEvery == .seconds(30))
        #expect(configuration.detection.seriesLimit == 7)
        #expect(configuration.detection.memoryLimit == 2_000_000)
        #expect(configuration.detection.budget == AlertAllowance("2/12h"))
        #expect(configuration.rulePaths == ["a", "b c"])
        #expect(configuration.gate.policy.dryRun)
        #expect(configuration.api.token?.value == "it's: #1")
        #expect("\(configuration)".contains("it's") == false)
    }

    @Test("what changes do to scores is configured, and is nothing without")
    func deployWindow() throws {
        #expect(EngineConfiguration().detection.deployWindow.effect == .none)
        let window = try load(
            "detection:\n  deploy_window: {policy: widen, length: 5m, factor: 3, labels: [team]}\n",
            ["AUSPEX_DETECTION__DEPLOY_WINDOW__LENGTH": "20m"]
        ).detection.deployWindow
        #expect(window.effect == .widen && window.length == .minutes(20) && window.factor == 3)
        #expect(window.labels == ["team"])
    }

    @Test("what Kubernetes sets for a service called auspex is no setting, a misspelt one is an error")
    func serviceLinks() throws {
        let links = [
            "AUSPEX_SERVICE_HOST": "10.0.0.1", "AUSPEX_PORT": "tcp://10.0.0.1:7070", "AUSPEX_PORT_7070_TCP": "x",
        ]
        #expect(try load("listen: 127.0.0.1:1", links).listen.port == 1)
        #expect(throws: DocumentError.self) { try load("listen: 127.0.0.1:1", ["AUSPEX_LISEN": "127.0.0.1:2"]) }
    }

    @Test("an empty secret is refused, for it would let everybody in")
    func emptySecret() {
        for name in ["AUSPEX_API__TOKEN", "AUSPEX_HOOKS__GITHUB_SECRET"] {
            let error = #expect(throws: DocumentError.self) { try load("listen: 127.0.0.1:1", [name: ""]) }
            #expect(error?.description.contains("is empty") == true)
        }
    }

    @Test("a channel's URL may come from a file of its own")
    func channelFile() throws {
        let directory = try TemporaryDirectory()
        let url = try directory.file("url", "https://hooks.example.com/T0/s3cret\n")
        let configuration = try load("actions:\n  channels: {ops: {url_file: \(url)}}\n")
        #expect(configuration.actions.channels["ops"]?.value == "https://hooks.example.com/T0/s3cret")
    }

    @Test("secrets come from files of their own")
    func secretFiles() throws {
        let directory = try TemporaryDirectory()
        let secret = try directory.file("secret", "s3cret\n")
        let configuration = try load("hooks:\n  github_secret_file: \(secret)\n")
        #expect(configuration.hooks.secrets[.githubSecret]?.value == "s3cret")
    }

    @Test(
        "each mistake is named with its place and what would be right",
        arguments: [
            ("lisen: 127.0.0.1:1", "auspex.yaml:1:1: unknown key 'lisen' in the configuration; did you mean 'listen'?"),
            ("listen: nowhere", "must be host:port such as 127.0.0.1:7070"),
            ("listen: 0.0.0.0:7070", "api.token_file is needed"),
            ("detection:\n  detector: ewna", "did you mean 'ewma'?"),
            ("detection:\n  detector: stl", "needs the whole table"),
            ("detection:\n  deploy_window:\n    policy: mutes", "did you mean 'mute'?"),
            ("detection:\n  deploy_window:\n    factor: 0.5", "auspex.yaml:3:13"),
            ("detection:\n  deploy_window:\n    labels: []", "auspex.yaml:3:5: 'labels' must name at least one label"),
            ("detection:\n  max_memory: 1000", "auspex.yaml:2:15"),
            ("detection:\n  budget: often", "auspex.yaml:2:3: 'budget' must be \(AlertAllowance.form), not 'often'"),
            ("detection:\n  groups: {false_discovery: 0.1}", "'labels' must name at least one label"),
            ("detection:\n  groups: {labels: [service], false_discovery: 2}", "auspex.yaml:2:48"),
            ("detection:\n  checkpoint_every: 10", "auspex.yaml:2:21"),
            ("actions:\n  executables: [systemctl]", "must be absolute paths"),
            (
                "actions:\n  http_hosts: [lb.internal]",
                "auspex.yaml:2:3: 'http_hosts': 'lb.internal' is not a host with its port"
            ),
            ("actions:\n  helper: /no/such/program", "must be the path of the program auspex-exec"),
            ("actions:\n  channels: {ops: nowhere}", "must be a URL such as https://"),
            ("actions:\n  channels: {ops: {url_file: /no/such/file}}", "/no/such/file"),
            ("actions:\n  ceiling: always", "shadow, propose or auto"),
            ("api:\n  token: abc", "a secret does not belong in this file"),
            ("api:\n  token_file: /nowhere", "/nowhere"),
        ])
    func mistakes(text: String, message: String) throws {
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("a misspelt variable is an error too")
    func misspeltVariable() {
        let error = #expect(throws: DocumentError.self) {
            try ConfigurationLoader.load(path: nil, environment: ["AUSPEX_LISTNE": "x"])
        }
        #expect(error?.description.hasPrefix("AUSPEX_LISTNE:1:1: unknown key 'listne'") == true)
    }
}
