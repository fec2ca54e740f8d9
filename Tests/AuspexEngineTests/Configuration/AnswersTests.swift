import AuspexActions
import AuspexChanges
import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEngine

@Suite struct AnswersTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> EngineConfiguration {
        let directory = try TemporaryDirectory()
        return try ConfigurationLoader.load(path: try directory.file("auspex.yaml", text), environment: environment)
    }

    @Test("answers are configured by file and environment, and no secret is shown")
    func answers() throws {
        let directory = try TemporaryDirectory()
        let token = try directory.file("token", "glpat-s3cret\n")
        let secret = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
        let configuration = try load(
            """
            gate: {wait: 90s}
            answers:
              github: {api: https://github.example/api/v3/, statuses: true}
              gitlab: {api: https://gitlab.example/api/v4, token_file: \(token)}
              cdevents: {url: http://broker.internal/default/}
              webhook: {url: https://hooks.example/verdicts}
              public_url: https://auspex.example/
            """,
            [
                "AUSPEX_ANSWERS__GITHUB__TOKEN": "ghp-s3cret", "AUSPEX_ANSWERS__WEBHOOK__SECRET": secret,
            ])
        let answers = configuration.answers
        #expect(configuration.gate.wait == .seconds(90))
        #expect(answers.gitHub?.api == "https://github.example/api/v3" && answers.gitHub?.statuses == true)
        #expect(answers.gitHub?.token?.value == "ghp-s3cret" && answers.gitLab?.token?.value == "glpat-s3cret")
        #expect(answers.gitLab?.tokenFile == token && answers.gitHub?.tokenFile == nil)
        #expect(answers.publicURL == "https://auspex.example")
        #expect(answers.cdEvents == "http://broker.internal/default/")
        #expect(answers.settings.cdEvents && answers.settings.webhook && answers.settings.statuses)
        let access = try answers.access()
        #expect(access.gitHub != nil && access.gitLab != nil && access.webhook != nil)
        let shown = "\(configuration) \(access) " + String(reflecting: access)
        for text in ["s3cret", secret] { #expect(!shown.contains(text)) }
        #expect(try load("").answers == EngineConfiguration.Answers())
    }

    @Test(
        "mistakes say where they are and what would be right",
        arguments: [
            ("answers: {github: {token: x}}", "name a file that holds it in 'token_file'"),
            ("answers: {github: {api: http://github.example}}", "must begin with https://"),
            ("answers: {github: {api: ftp://x}}", "must be a URL"), ("answers: {github: {}}", "needs app_id"),
            ("answers: {github: {app_id: 7}}", "needs private_key_file beside it"),
            ("answers: {gitlab: {}}", "needs token_file"), ("answers: {cdevents: {}}", "needs 'url'"),
            ("answers: {webhook: {url: https://x.example}}", "needs url and secret_file"),
            ("answers: {githb: {}}", "did you mean 'github'"), ("answers: {public_url: auspex}", "must be a URL"),
            ("answers: {cdevents: {url: 'https://u:p@x.example'}}", "must be a URL"),
            ("gate: {wait: 10}", "a length of time with its unit"),
        ])
    func mistakes(text: String, message: String) throws {
        let error = #expect(throws: DocumentError.self) { _ = try load(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("a key that is none is refused without being shown")
    func badKey() throws {
        let directory = try TemporaryDirectory()
        let key = try directory.file("key", "s3cret\n")
        let error = #expect(throws: DocumentError.self) {
            _ = try load("answers: {github: {app_id: 7, private_key_file: \(key)}}")
        }
        #expect(
            error?.description.contains("RSA private key") == true && error?.description.contains("s3cret") == false)
    }
}
