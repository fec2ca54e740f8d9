import AuspexChanges
import AuspexDocuments
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct OutcomeConfigurationTests {
    private func load(_ text: String) throws -> OutcomePolicy {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = try directory.file("auspex.yaml", text)
        return try ConfigurationLoader.load(path: path, environment: [:]).outcomes
    }

    @Test("every key can be set, and what is not set stays as it is")
    func keys() throws {
        let policy = try load("outcomes: {blame: 0.6, label_after: 72h, train_every: 12h, look_every: 1m}")
        #expect(policy.leastBlame == 0.6 && policy.labelAfter == .hours(72))
        #expect(policy.trainEvery == .hours(12) && policy.lookEvery == .minutes(1))
        let usual = OutcomePolicy()
        #expect(try load("listen: 127.0.0.1:0") == usual)
        #expect(try load("outcomes: {blame: 0.5}").labelAfter == usual.labelAfter)
    }

    @Test(
        "a value that makes no sense and a key that does not exist are named with their places",
        arguments: [
            ("blame: 0.01", "auspex.yaml:2:10: "), ("label_after: 1s", "auspex.yaml:2:16: "),
            ("train_every: 0s", "auspex.yaml:2:16: "), ("look_every: 1s", "auspex.yaml:2:15: "),
            ("labels_after: 72h", "auspex.yaml:2:3: "),
        ])
    func mistakes(line: String, place: String) throws {
        let error = try #require(throws: DocumentError.self) { try load("outcomes:\n  \(line)") }
        let key = String(line.prefix { $0 != ":" })
        #expect("\(error)".contains(place) && "\(error)".contains("'\(key)'"), "\(error)")
    }
}
