import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite("logs: in the configuration") struct LogSourcesTests {
    private func load(_ text: String) throws -> EngineConfiguration.Logs {
        let directory = try TemporaryDirectory()
        return try ConfigurationLoader.load(path: try directory.file("auspex.yaml", text), environment: [:]).logs
    }

    private func mistake(_ text: String) -> String {
        do {
            _ = try load(text)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("nothing is listened to and nothing is read unless it is asked for")
    func none() throws {
        for text in ["listen: 127.0.0.1:1", "logs: {poll_every: 5s}"] {
            let logs = try load(text)
            #expect(!logs.listens && logs.files.isEmpty)
        }
    }

    @Test("listeners and files are configured, also from the environment")
    func all() throws {
        let logs = try load(
            """
            logs:
              syslog: {udp: 127.0.0.1:5514, tcp: '[::1]:5514', multiline: true, utc_offset: -07:30, max_connections: 7}
              forward: {tcp: 127.0.0.1:24224, max_connections: 8}
              poll_every: 500ms
              files:
                - paths: [/var/log/*.log, /srv/app.log]
                  format: cri
                  read_existing: true
                  attributes: {service: shop}
                - paths: [/x]
            """)
        #expect(logs.syslog.udp?.port == 5_514 && logs.syslog.tcp?.host == "::1" && logs.syslog.isMultiline)
        #expect(logs.syslog.offsetMinutes == -450 && logs.syslog.maximumConnections == 7)
        #expect(logs.forward.tcp?.port == 24_224 && logs.forward.maximumConnections == 8)
        #expect(logs.pollEvery == TimeSpan(milliseconds: 500) && logs.files.count == 2 && logs.listens)
        #expect(logs.files[0].format == .cri && logs.files[0].readsExisting)
        #expect(logs.files[0].attributes == Labels(["service": "shop"]))
        #expect(logs.files[1].format == .auto && !logs.files[1].readsExisting)
        let environment = ["AUSPEX_LOGS__SYSLOG__UDP": "127.0.0.1:1", "AUSPEX_LOGS__SYSLOG__UTC_OFFSET": "+02:00"]
        let overridden = try ConfigurationLoader.load(path: nil, environment: environment).logs
        #expect(overridden.syslog.udp?.port == 1 && overridden.syslog.offsetMinutes == 120)
    }

    @Test(
        "a mistake is told with its place and what would be right",
        arguments: [
            ("logs: {syslog: {udp: 5514}}", "'udp' must be host:port"),
            ("logs: {syslog: {upd: 127.0.0.1:5514}}", "did you mean 'udp'"),
            ("logs: {syslog: {utc_offset: CET}}", "'utc_offset' must be a time such as +02:00"),
            ("logs: {forward: {max_connections: 0}}", "'max_connections' must be"),
            ("logs: {files: [{paths: []}]}", "'paths' must name at least one file"),
            ("logs: {files: [{paths: [app.log]}]}", "'paths' must be absolute"),
            ("logs: {files: [{paths: [/a], format: crii}]}", "'format' must be auto"),
            ("logs: {poll_every: 1ms}", "'poll_every' must be"),
        ])
    func mistakes(text: String, expected: String) {
        let message = mistake(text)
        #expect(message.contains(expected) && message.contains(":1:"), "\(message)")
    }
}
