import AuspexActions
import AuspexDocuments
import AuspexEngine
import AuspexRunbooks
import AuspexTesting
import Foundation
import Testing

@Suite struct RunbookNeedsTests {
    private static let text = """
        kind: runbook
        id: mend
        version: 1
        title: Mend it
        owner: test
        params: {host: {type: host, required: true}}
        steps:
          - {id: look, run: {argv: [/usr/bin/look]}, effect: read}
          - {id: ask, http: {method: GET, url: 'https://lb.internal/x'}, effect: read}
          - {id: open, http: {method: GET, url: 'https://${host}/x'}, effect: read}
          - {id: tell, notify: {channel: oncall, message: 'mended'}}
        verify: {alerts_clear: [{rule: down}], for: 3m, within: 10m}
        """

    private func shortcomings(_ configure: (inout EngineConfiguration) throws -> Void) throws -> [String] {
        var configuration = EngineConfiguration()
        try configure(&configuration)
        let runbooks = try RunbookLoader.load(text: Self.text, file: "mend.yaml")
        return try configuration.shortcomings(of: runbooks).map(\.description)
    }

    @Test("what a configuration does not give is named at the step that needs it, with what is near")
    func missing() throws {
        let found = try shortcomings { configuration in
            configuration.actions.executables = ["/usr/bin/lock"]
            configuration.actions.channels = ["on-call": Secret("https://hooks.example.com/x")]
        }
        #expect(
            found == [
                "mend.yaml:8:5: /usr/bin/look is not in actions.executables; did you mean '/usr/bin/lock'?",
                "mend.yaml:9:5: https://lb.internal is not among actions.http_hosts, which is empty",
                "mend.yaml:11:5: there is no channel 'oncall' in actions.channels; did you mean 'on-call'?",
            ])
    }

    @Test("a rule is missed only where rules are configured")
    func rules() throws {
        let folder = try TemporaryDirectory()
        let rule = """
            kind: rule
            id: up
            title: Up
            severity: info
            when: {c: {source: metric, where: 'm.value > 1.0'}}
            """
        try folder.file("up.yaml", rule)
        let found = try shortcomings { configuration in
            configuration.rulePaths = [folder.path]
            configuration.actions.executables = ["/usr/bin/look"]
            configuration.actions.httpHosts = ["lb.internal:443"]
            configuration.actions.channels = ["oncall": Secret("https://hooks.example.com/x")]
        }
        #expect(found == ["mend.yaml:1:1: there is no rule 'down'"])
    }

    @Test("nothing is missed in a configuration that has all, and a host that a parameter names is left to the plan")
    func whole() throws {
        let found = try shortcomings { configuration in
            configuration.actions.executables = ["/usr/bin/look"]
            configuration.actions.httpHosts = ["lb.internal:443"]
            configuration.actions.channels = ["oncall": Secret("https://hooks.example.com/x")]
        }
        #expect(found.isEmpty)
    }

    @Test("a user that commands run as is missed, also in health checks")
    func users() throws {
        let text = """
            kind: runbook
            id: mend
            version: 1
            title: Mend it
            owner: test
            steps:
              - {id: look, run: {argv: [/usr/bin/look], user: reader}, effect: read}
              - {id: ask, health: {sql: {run: {argv: [/usr/bin/look], user: asker}, equals: '1'}}}
            verify: {alerts_clear: [{rule: down}], for: 3m, within: 10m}
            """
        var configuration = EngineConfiguration()
        configuration.actions.executables = ["/usr/bin/look"]
        configuration.actions.users = ["readers"]
        let runbooks = try RunbookLoader.load(text: text, file: "mend.yaml")
        #expect(
            try configuration.shortcomings(of: runbooks).map(\.description) == [
                "mend.yaml:7:5: reader is not among actions.users; did you mean 'readers'?",
                "mend.yaml:8:5: asker is not among actions.users",
            ])
    }

    @Test("the runbooks that are shipped are whole in a configuration that has what they need, and its rules")
    func shipped() throws {
        let folder = PublicData.repository.appending(path: "Rules").path
        let runbooks = try RunbookLoader.load(paths: [folder + "/runbooks"])
        func needed(_ kind: RunbookNeed.Kind) -> [String] {
            runbooks.flatMap(\.needs).filter { $0.kind == kind && !$0.isOpen }.map(\.name)
        }
        var configuration = EngineConfiguration()
        configuration.rulePaths = [folder]
        configuration.runbookPaths = [folder + "/runbooks"]
        configuration.actions.executables = needed(.executable).map { $0.hasPrefix("/") ? $0 : "/usr/bin/" + $0 }
        configuration.actions.users = needed(.user)
        configuration.actions.httpHosts = try needed(.origin).map { origin in
            let url = try #require(URL(string: origin))
            return "\(try #require(url.host())):\(url.port ?? (url.scheme == "https" ? 443 : 80))"
        }
        configuration.actions.checkHosts = needed(.endpoint)
        configuration.actions.collectPaths = needed(.file).map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
        for name in needed(.secret) { configuration.actions.secrets[name] = .variable("SECRET") }
        for name in needed(.channel) { configuration.actions.channels[name] = Secret("https://hooks.example.com/x") }
        #expect(runbooks.count > 12)
        #expect(try configuration.shortcomings(of: runbooks).map(\.description) == [])
    }
}
