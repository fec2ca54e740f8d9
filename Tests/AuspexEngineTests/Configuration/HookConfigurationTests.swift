import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct HookConfigurationTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> EngineConfiguration.Hooks {
        let directory = try TemporaryDirectory()
        let path = try directory.file("auspex.yaml", text)
        return try ConfigurationLoader.load(path: path, environment: environment).hooks
    }

    private static let standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test("every sender has its secret and the one before it", arguments: HookKey.allCases)
    func secrets(key: HookKey) throws {
        let secret = key.isStandard ? Self.standard : "new"
        let directory = try TemporaryDirectory()
        let previous = try directory.file("previous", (key.isStandard ? Self.standard : "old") + "\n")
        let hooks = try load(
            "hooks:\n  \(key.previousName)_file: \(previous)\n",
            ["AUSPEX_HOOKS__\(key.rawValue.uppercased())": secret])
        #expect(hooks.secrets[key]?.value == secret)
        #expect(hooks.previousSecrets[key] != nil && hooks.secrets.count == 1)
        #expect("\(hooks)".contains(secret) == false)
    }

    @Test("names of senders get a meaning, in the order of the file")
    func services() throws {
        let text = """
            hooks:
              services:
                - {source: github, match: acme/shop, service: shop, environment: production}
                - {match: "acme/*", service: rest}
            """
        #expect(
            try load(text).services == [
                ServiceName(sender: .github, match: "acme/shop", service: "shop", environment: "production"),
                ServiceName(match: "acme/*", service: "rest"),
            ])
    }

    @Test(
        "each mistake is named with its place and what would be right",
        arguments: [
            (
                "hooks:\n  gitlab_tokn_file: x",
                "auspex.yaml:2:3: unknown key 'gitlab_tokn_file' in 'hooks'; did you mean 'gitlab_token_file'?"
            ),
            ("hooks:\n  gitlab_token: x", "a secret does not belong in this file"),
            ("hooks:\n  services:\n    - {match: a}", "auspex.yaml:3:8: an entry of 'services' needs 'service'"),
            ("hooks:\n  services:\n    - {service: a}", "an entry of 'services' needs 'match'"),
            ("hooks:\n  services:\n    - {match: 'a*b', service: s}", "its beginning with a '*' at the end"),
            ("hooks:\n  services:\n    - {match: a, service: ''}", "'service' is empty"),
            ("hooks:\n  services:\n    - {source: gihub, match: a, service: s}", "did you mean 'github'?"),
            ("hooks:\n  services:\n    - {match: a, sevice: s}", "did you mean 'service'?"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("secrets that cannot be any, or that none follows, are refused")
    func badSecrets() {
        for (name, value, message) in [
            ("GENERIC_SECRET", "whsec_short", "'generic_secret' must be whsec_ and the base64 of 24 to 64 bytes"),
            ("CIRCLECI_SECRET", "", "is empty"),
            ("JENKINS_PREVIOUS_TOKEN", "old", "hooks.jenkins_previous_token: there is no jenkins_token"),
        ] {
            let error = #expect(throws: DocumentError.self) { try load("hooks: {}", ["AUSPEX_HOOKS__\(name)": value]) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
            #expect(value.isEmpty || error?.description.contains("whsec_short") != true)
        }
    }
}
