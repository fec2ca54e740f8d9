import AuspexActions
import AuspexDocuments
import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Hostile texts in what is observed, on their whole way: rule, request, plan, performer.
@Suite(.timeLimit(.minutes(5))) struct InjectionTests {
    private static let rules = """
        kind: rule
        id: by-label
        title: By a label
        owner: o
        status: stable
        severity: warning
        when: {m: {source: metric, where: 'm.name == "up" && m.value == 0'}}
        group_by: [text]
        then: [{runbook: hostile, mode: auto, with: {text: 'labels.text'}}]
        ---
        kind: rule
        id: by-alert
        title: By another system's alert
        owner: o
        status: stable
        severity: warning
        when: {a: {source: alert, where: 'a.name == "Down"'}}
        group_by: [text]
        then: [{runbook: hostile, mode: auto, with: {text: 'a.labels.text'}}]
        ---
        kind: rule
        id: by-log
        title: By a line of a log
        owner: o
        status: stable
        severity: warning
        when: {l: {source: log, where: 'l.severity == "error"'}}
        group_by: [n]
        then: [{runbook: hostile, mode: auto, with: {text: 'l.body'}}]
        """

    private static func runbook(program: String, port: Int) -> String {
        """
        kind: runbook
        id: hostile
        version: 1
        title: t
        owner: o
        params: {text: {type: string, required: true, max_length: 4096}}
        locks: ['text/${text}']
        secrets: [DB]
        steps:
          - id: command
            run: {argv: [\(program), first, '${text}', last], env: {TEXT: '${text}', DB: '${secret.DB}'}, stdin: '${text}'}
            effect: idempotent
          - id: request
            http:
              method: POST
              url: 'http://127.0.0.1:\(port)/p/${text}/end?q=${text}'
              headers: {X-Text: '${text}', X-End: end}
              body_json: {text: '${text}', list: ['<${text}>']}
            effect: idempotent
          - id: wait
            wait:
              operation: {run: {argv: [\(program), '${text}']}}
              delay: 100ms
              max_attempts: 1
              acceptors: [{state: success, matcher: status, expected: 0}]
          - {id: tell, notify: {channel: ops, message: 'about ${text}'}}
        verify: {alerts_clear: [{rule: by-label, labels: {text: '${text}'}}], within: 5m}
        """
    }

    /// What a rule asks for when `text` is observed in each of the three ways.
    private func requests(_ text: String, _ rules: RuleSet) -> [AuspexRules.RunRequest] {
        var engine = RuleEngine(rules)
        let labels = Labels(["__name__": "up", "text": text])
        let facts: [Fact] = [
            .metric(MetricFact(labels: labels, reading: Reading(time: noon, value: 0, rawScore: 0, anomalyScore: 0))),
            .alert(OutsideAlert(name: "Down", labels: Labels(["text": text]), time: noon)),
            .log(LogFact(record: LogRecord(time: noon, severity: "error", body: text, attributes: Labels(["n": "1"])))),
        ]
        let events = facts.flatMap { engine.handle($0, now: noon) }
        return events.compactMap { if case .request(let request) = $0 { request } else { nil } }
    }

    private static let helper: String = {
        if let helper = ProcessConfiguration.helperBesideProgram { return helper }
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return repository.appending(path: ".build/debug/auspex-exec").path
    }()

    /// The performer of an engine, and what its programs and servers see.
    private struct World {
        let folder: TemporaryDirectory
        let server: LoopbackServer
        let program: String
        let canary: String
        let performer: SecretPerformer

        init() throws {
            folder = try TemporaryDirectory()
            server = try LoopbackServer(LoopbackServer.ok("{}"))
            // Everything that it was given, each text ended by NUL.
            program = try folder.file("program", "#!/bin/sh\nprintf '%s\\0' \"$@\" \"$TEXT\"\ncat\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            try FileManager.default.createDirectory(
                atPath: folder.path + "/inside", withIntermediateDirectories: true)
            canary = folder.path + "/inside/canary"
            let processes = ProcessPerformer(
                ProcessConfiguration(
                    helper: InjectionTests.helper, spool: folder.path + "/spool", executables: [program],
                    directory: folder.path + "/inside"))
            let channel = WebhookChannel(url: "http://127.0.0.1:\(server.port)/hook")
            let hosts = try HostAllowList(["127.0.0.1:\(server.port)"])
            let requests = HTTPPerformer(hosts: hosts)
            let clock = SystemWallClock()
            performer = SecretPerformer(
                OperationPerformer(
                    processes: processes, requests: requests,
                    notifications: NotifyPerformer(channels: ["ops": channel]),
                    health: HealthPerformer(processes: processes, requests: requests, hosts: hosts, clock: clock),
                    collections: CollectPerformer(
                        processes: processes, bundles: EvidenceBundles(dataDirectory: folder.path), clock: clock)),
                secrets: SecretVault(["DB": .variable("DB")], environment: ["DB": "s3cret-of-the-engine"]))
        }

        /// Carries the operations of a plan out, one after the other.
        func results(of plan: Plan, run: String) async -> [OperationResult] {
            var results: [OperationResult] = []
            for step in plan.steps {
                let operation: AuspexRunbooks.Operation
                switch step.action {
                case .operation(let act): operation = act
                case .wait(let wait): operation = wait.operation
                default: continue
                }
                let order = OperationOrder(
                    id: OperationID(run: run, path: "steps/\(step.id)", attempt: 1), operation: operation,
                    effect: step.effect, idempotencyKey: "key-1", timeout: .seconds(60))
                results.append(await performer.perform(order, .silent))
            }
            return results
        }
    }

    @Test("a hostile text arrives as it is or is refused with the reason, and is nowhere taken for anything else")
    func corpus() async throws {
        let world = try World()
        let rules = try RuleLoader.load(text: Self.rules, file: "rules.yaml", runbooks: ["hostile"])
        let text = Self.runbook(program: world.program, port: world.server.port)
        let runbook = try #require(try RunbookLoader.load(text: text, file: "runbook.yaml").first)
        #expect(HostileTexts.all.count > 200)
        var arrived = 0
        for (number, template) in HostileTexts.all.enumerated() {
            let text = template.replacing(HostileTexts.canary, with: world.canary)
            let requests = requests(text, rules)
            // An empty label is no label, so a rule has nothing to ask with.
            if !text.isEmpty { #expect(requests.count == 3, "\(text.debugDescription)") }
            for request in requests { #expect(request.parameters == .object(["text": .string(text)])) }
            guard let request = requests.first else { continue }
            let plan: Plan
            do throws(PlanError) {
                plan = try Planner.plan(runbook, parameters: request.parameters.object ?? [:])
            } catch {
                #expect(error.problems.allSatisfy { Self.isExpected($0, of: text) }, "\(error)")
                continue
            }
            arrived += 1
            let before = world.server.requests.count
            let results = await world.results(of: plan, run: "r\(number)")
            #expect(results.map(\.outcome) == [.succeeded, .succeeded, .succeeded, .succeeded], "\(results)")
            #expect(results[0].output.text == ["first", text, "last", text].map { $0 + "\0" }.joined() + text)
            #expect(results[2].output.text == text + "\0\0")
            let asked = Array(world.server.requests.dropFirst(before))
            try check(asked, for: text)
            #expect(!"\(plan) \(results)".contains("s3cret-of-the-engine"))
        }
        #expect(arrived > 120, "\(arrived)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder.path + "/inside").isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "/canary"))
    }

    /// Whether a text may be refused for this.
    private static func isExpected(_ problem: ParameterError, of text: String) -> Bool {
        switch problem {
        case .controlCharacter:
            text.unicodeScalars.contains {
                [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
        case .leadingHyphen: text.hasPrefix("-")
        case .dotSegment: text == "." || text == ".."
        case .empty: text.isEmpty
        case .tooLong: text.unicodeScalars.count > 4_096
        default: false
        }
    }

    /// Whether the step's request and the message each came once, with the text in every place and nothing around it.
    private func check(_ asked: [String], for text: String) throws {
        try #require(asked.count == 2, "\(asked)")
        let parts = asked[0].split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let target = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        try #require(target.count == 3 && target[0] == "POST" && target[2] == "HTTP/1.1", "\(lines[0])")
        let path = target[1].split(separator: "?", omittingEmptySubsequences: false)
        let segments = path[0].split(separator: "/", omittingEmptySubsequences: false)
        #expect(segments.count == 4 && segments[2].removingPercentEncoding == text, "\(lines[0])")
        #expect(path.count == 2 && path[1].dropFirst(2).removingPercentEncoding == text, "\(lines[0])")
        let names = lines.dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }.sorted()
        #expect(
            names == [
                "content-length", "content-type", "host", "idempotency-key", "user-agent", "x-end",
                "x-text",
            ], "\(names)")
        let field = lines.first { $0.lowercased().hasPrefix("x-text:") }?.dropFirst(7)
        let blank = CharacterSet(charactersIn: " ")
        #expect(field?.trimmingCharacters(in: blank) == text.trimmingCharacters(in: blank))
        let body = try JSONValue(parsing: String(parts[1]))
        #expect(body == .object(["text": .string(text), "list": .array([.string("<\(text)>")])]))
        let message = asked[1].split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? ""
        #expect(try JSONValue(parsing: message)["message"] == .string("about \(text)"))
    }

    @Test(
        "no hostile text is a path, a host or a text of known form",
        arguments: ["path", "host", "string, pattern: '[a-z0-9-]{1,40}'"])
    func typed(kind: String) throws {
        let text = """
            kind: runbook
            id: typed
            version: 1
            title: t
            owner: o
            params: {text: {type: \(kind), required: true}}
            steps: [{id: act, run: {argv: [/usr/bin/act, '${text}']}, effect: read}]
            verify: {alerts_clear: [a], within: 5m}
            """
        let runbook = try #require(try RunbookLoader.load(text: text, file: "typed.yaml").first)
        let harmless: Set<String> = [
            "evil.example", "params.text", "NaN", "0", "null", "true", "0x7f", "CON", "1e999", "/etc/passwd", "/F",
        ]
        for hostile in HostileTexts.all where !harmless.contains(hostile) {
            guard let plan = try? Planner.plan(runbook, parameters: ["text": .string(hostile)]),
                case .operation(.run(let command)) = plan.steps[0].action
            else { continue }
            // A path may lead to any place, by its plain name only.
            #expect(kind == "path" && hostile.hasPrefix("/") && !hostile.contains(".."), "\(hostile.debugDescription)")
            #expect(command.argv == ["/usr/bin/act", hostile])
        }
    }
}
