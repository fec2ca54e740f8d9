import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite struct RunbookInspectionTests {
    static let text = """
        kind: runbook
        id: tidy
        version: 2
        title: Tidy up
        owner: platform
        params:
          host: {type: host, required: true}
          level: {type: int, default: 3}
          key: {type: string, pattern: '[a-z]{4,}', default: secret, sensitive: true}
          mount: {type: path, enum: [/var, /data]}
        locks: ['disk/${host}${mount}']
        steps:
          - {id: look, run: {argv: [/usr/bin/df, '${mount}']}, effect: read}
          - id: drop
            run: {argv: [/usr/bin/tidy, '--level=${level}']}
            effect: once
            timeout: 5m
            probe: {http: {method: GET, url: 'https://lb.internal/tidied/${host}'}, says_done: 'status == 200'}
          - id: back
            wait:
              operation: {http: {method: GET, url: 'http://${host}:8080/health'}}
              delay: 5s
              max_attempts: 3
              acceptors: [{state: success, matcher: status, expected: 200}]
        verify:
          readings: {free: {metric: fs_free, labels: {host: '${host}'}}}
          where: 'free.all(r, r.value > 0.2)'
          alerts_clear: [{rule: disk-full}]
          within: 15m
        on_failure: [{id: page, notify: {channel: oncall, message: 'failed on ${host}'}}]
        tests: [{name: one, params: {host: a, mount: /var}, expect: {locks: ['disk/a/var']}}]
        """

    private func inspection() throws -> RunbookInspection {
        RunbookInspection(try #require(try RunbookLoader.load(text: Self.text, file: "tidy.yaml").first))
    }

    @Test("parameters are told with all that a value must be, but for the default of a sensitive one")
    func parameters() throws {
        let parameters = try inspection().parameters
        #expect(parameters.map(\.name) == ["host", "level", "key", "mount"])
        #expect(parameters.map(\.kind) == ["host", "int", "string", "path"])
        #expect(parameters.map(\.isRequired) == [true, false, false, false])
        #expect(parameters.map(\.defaultValue) == [nil, .int(3), nil, nil])
        #expect(parameters[2].isSensitive && parameters[2].pattern == "[a-z]{4,}")
        #expect(parameters[3].choices == ["/var", "/data"])
    }

    @Test("each step says what it does, what it may change and where it stands, parameters by their names")
    func steps() throws {
        let sections = try inspection().sections
        #expect(sections.map(\.name) == ["steps", "on_failure"])
        let steps = sections.flatMap(\.steps)
        #expect(steps.map(\.mayChange) == [false, true, false, false])
        #expect(steps.map(\.effect) == [.read, .once, .read, .idempotent])
        #expect(steps[0].act == #"run ["/usr/bin/df","${mount}"]"#)
        #expect(steps[0].place == "tidy.yaml:13:5")
        #expect(steps[1].timeout == TimeSpan.minutes(5).description)
        #expect(steps[1].probe == "GET https://lb.internal/tidied/${host}; done when status == 200")
        #expect(steps[2].act.contains("GET http://${host}:8080/health") && steps[2].acceptors.count == 1)
        #expect(steps[3].act == "tell oncall: failed on ${host}")
        #expect(try inspection().locks == ["disk/${host}${mount}"])
    }

    @Test("what it needs is found in steps, probes, waits, messages and the verification")
    func needs() throws {
        #expect(
            try inspection().needs == [
                "executable": ["/usr/bin/df", "/usr/bin/tidy"],
                "origin": ["http://${host}:8080", "https://lb.internal"], "channel": ["oncall"],
                "rule": ["disk-full"], "metric": ["fs_free"],
            ])
    }

    @Test("it survives a way through JSON")
    func json() throws {
        let inspection = try inspection()
        let data = try JSONEncoder().encode(inspection)
        #expect(try JSONDecoder().decode(RunbookInspection.self, from: data) == inspection)
    }
}
