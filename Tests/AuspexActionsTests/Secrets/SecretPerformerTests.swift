import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Operations with secrets, through the real helper and over the loopback interface.
@Suite(.timeLimit(.minutes(1))) struct SecretPerformerTests {
    private let site: TestSite
    private let secret = "s3cr/et+\"pä\" of more than sixteen bytes"

    init() throws { site = try TestSite() }

    private func performer(_ executables: [String] = [], hosts: [String] = [], environment: [String: String]? = nil)
        throws -> SecretPerformer
    {
        SecretPerformer(
            OperationPerformer(
                processes: site.performer(executables), requests: HTTPPerformer(hosts: try HostAllowList(hosts)),
                notifications: NotifyPerformer(channels: [:])),
            secrets: SecretVault(
                ["DB": .variable("DB"), "TOKEN": .variable("TOKEN")],
                environment: environment ?? ["DB": secret, "TOKEN": "t0ken"]))
    }

    private func order(
        _ operation: AuspexRunbooks.Operation, effect: Effect = .idempotent, run: String = "r1"
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: run, path: "steps/act", attempt: 1), operation: operation, effect: effect,
            idempotencyKey: "key-1", timeout: .seconds(30))
    }

    private func command(_ program: String) -> AuspexRunbooks.Operation {
        .run(
            Command(
                argv: [program], secretEnvironment: ["PASSWORD": SecretText([.secret("DB")])],
                secretInput: SecretText([.text("p="), .secret("DB"), .text("\n")])))
    }

    @Test("a command gets its secrets, and nothing that it says of them gets out")
    func commands() async throws {
        let program = try site.program(
            """
            printf '%s' "$PASSWORD" > \(site.path)/seen
            cat > \(site.path)/input
            printf '%s' "$PASSWORD"; printf '%s' "$PASSWORD" | base64; printf '%s' "x$PASSWORD" | base64
            printf '%s' "$PASSWORD" | od -An -v -tx1 | tr -d ' \\n'
            echo "no $PASSWORD" >&2
            exit 3
            """)
        let result = await (try performer([program])).perform(order(command(program)), .silent)
        #expect(try String(contentsOfFile: site.path + "/seen", encoding: .utf8) == secret)
        #expect(try String(contentsOfFile: site.path + "/input", encoding: .utf8) == "p=\(secret)\n")
        #expect(result.outcome == .failed && result.status == 3)
        #expect(result.reason == "exit 3: no ******" && result.errorOutput.text == "no ******\n")
        for form in [secret, "czNjci9ldCsi", "733363722f65742b"] { #expect(!result.output.text.contains(form)) }
    }

    @Test("a command does not start when a secret cannot be read")
    func missing() async throws {
        let program = try site.program("touch \(site.path)/canary")
        for environment in [[:], ["DB": "abc"], ["DB": "s3cret\u{0}"]] {
            let result = await (try performer([program], environment: environment))
                .perform(order(command(program)), .silent)
            #expect(result.outcome == .failed && result.errorCode == "SecretNotAvailable", "\(result)")
            #expect(!result.reason.contains("s3cret"))
        }
        #expect(!FileManager.default.fileExists(atPath: site.path + "/canary"))
        #expect(!FileManager.default.fileExists(atPath: site.spool))
    }

    @Test("a request carries its secrets in its fields, and an answer that repeats them is masked")
    func requests() async throws {
        let server = try LoopbackServer(.by { LoopbackServer.ok($0) })
        let url = "http://127.0.0.1:\(server.port)/"
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)"])
        let bearer = Request(
            method: "GET", url: url, secretHeaders: ["X-Key": SecretText([.text("k "), .secret("TOKEN")])],
            authentication: .bearer(secret: "TOKEN"))
        let answer = await performer.perform(order(.http(bearer)), .silent)
        #expect(answer.outcome == .succeeded && !answer.output.text.contains("t0ken"))
        let first = try #require(server.requests.first?.lowercased())
        #expect(first.contains("authorization: bearer t0ken\r\n") && first.contains("x-key: k t0ken\r\n"))

        let basic = Request(method: "GET", url: url, authentication: .basic(user: "ann", secret: "DB"))
        let echoed = await performer.perform(order(.http(basic)), .silent)
        let proof = Data("ann:\(secret)".utf8).base64EncodedString()
        #expect(server.requests.last?.contains("Basic \(proof)\r\n") == true)
        #expect(echoed.output.text.contains("Basic ") && !echoed.output.text.contains(proof.dropFirst(8).prefix(20)))
    }

    @Test("a secret with a line end is not sent in a header")
    func lineEnd() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(""))
        let performer = try performer(
            hosts: ["127.0.0.1:\(server.port)"], environment: ["TOKEN": "t0ken\r\nX-Admin: yes"])
        let request = Request(
            method: "GET", url: "http://127.0.0.1:\(server.port)/", authentication: .bearer(secret: "TOKEN"))
        let result = await performer.perform(order(.http(request)), .silent)
        #expect(result.errorCode == "SecretNotAvailable" && !result.reason.contains("t0ken"))
        #expect(server.requests.isEmpty)
    }

    @Test("a later engine that finds a result masks it, and withholds it when it cannot")
    func locating() async throws {
        let program = try site.program("cat; echo \"no $PASSWORD\" >&2")
        let began = order(command(program), effect: .once)
        _ = await (try performer([program])).perform(began, .silent)
        guard case .finished(let found) = await (try performer([program])).locate(began),
            case .finished(let withheld) = await (try performer([program], environment: [:])).locate(began)
        else {
            Issue.record("the result was not found")
            return
        }
        #expect(found.output.text == "p=******\n" && found.errorOutput.text == "no ******\n")
        let attached = await (try performer([program])).attach(began, .silent)
        #expect(attached == found)
        #expect(withheld.outcome == .succeeded && withheld.output.text.hasPrefix("[withheld: "))
        #expect(!"\(withheld)".contains(secret))
    }

    @Test("what an engine leaves behind for others than its user is nothing, and no order stays")
    func spool() async throws {
        let program = try site.program("cat")
        let performer = try performer([program])
        _ = await performer.perform(order(command(program), effect: .once), .silent)
        // An order of an engine that died before its helper began.
        let folder = site.spool + "/r2/steps_act-1"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(secret.utf8).write(to: URL(filePath: folder + "/order.json"))
        await performer.tidy(keeping: ["r1", "r2"], before: Timestamp(milliseconds: 0))
        let files = FileManager.default.enumerator(atPath: site.spool)?.compactMap { $0 as? String } ?? []
        #expect(files.contains { $0.hasSuffix("status.json") } && !files.contains { $0.hasSuffix("order.json") })
        for file in files where file.hasPrefix("r1") {
            let mode = try FileManager.default.attributesOfItem(atPath: site.spool + "/" + file)[.posixPermissions]
            #expect((mode as? Int ?? 0o777) & 0o077 == 0, "\(file)")
        }
    }

    @Test("what a channel's address holds is not shown when the channel does not answer")
    func channels() async throws {
        let server = try LoopbackServer(.by { LoopbackServer.ok($0, status: "404 Not Found") })
        for url in ["http://127.0.0.1:\(server.port)/services/T0/s3cr3t", "file:///services/s3cr3t"] {
            let performer = NotifyPerformer(channels: [
                "ops": WebhookChannel(url: url, headers: ["X-Key": "t0ken-t0ken"])
            ])
            let message = AuspexRunbooks.Operation.notify(Notification(channel: "ops", message: "hello"))
            let result = await performer.perform(order(message), .silent)
            #expect(result.outcome == .failed)
            #expect(!"\(result)".contains("s3cr3t") && !"\(result)".contains("t0ken"), "\(result)")
        }
    }

    // MARK: - Secrets that are changed

    private let old = "0ld-s3cret-of-the-database"
    private let new = "n3w-s3cret-of-the-database"

    private func store(_ secret: String) throws -> SecretSource {
        let path = site.path + "/db"
        try Data(secret.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return .file(path)
    }

    private func performer(_ program: String, _ vault: SecretVault) -> SecretPerformer {
        let nothing = NotifyPerformer(channels: [:])
        return SecretPerformer(
            OperationPerformer(processes: site.performer([program]), requests: nothing, notifications: nothing),
            secrets: vault, spool: site.spool)
    }

    @Test(
        "a secret that is changed while a run has it: the old and the new one are masked, and a retry gets the new one")
    func changed() async throws {
        let program = try site.program(
            """
            printf '%s' \(new) > \(site.path)/db
            printf '%s\\n' "$PASSWORD" >> \(site.path)/seen
            echo \(old) \(new); echo \(new) \(old) >&2
            exit 3
            """)
        let performer = performer(program, SecretVault(["DB": try store(old)], environment: [:]))
        for attempt in 1...2 {
            var order = order(command(program))
            order.id.attempt = attempt
            let result = await performer.perform(order, .silent)
            #expect(result.outcome == .failed && result.status == 3)
            #expect(
                result.output.text == "****** ******\n" && result.errorOutput.text == "****** ******\n", "\(result)")
            #expect(result.reason == "exit 3: ****** ******")
        }
        #expect(site.lines("seen") == [old, new])
    }

    @Test("what a command printed of a secret is withheld after a restart when the secret has been changed since")
    func changedBeforeRestart() async throws {
        let program = try site.program("cat; echo \"no $PASSWORD\" >&2")
        let source = try store(old)
        let first = SecretVault(["DB": source], environment: [:])
        let began = order(command(program), effect: .once)
        _ = await performer(program, first).perform(began, .silent)
        _ = try store(new)
        // The engine that gave it out still knows it.
        guard case .finished(let known) = await performer(program, first).locate(began),
            case .finished(let withheld) = await performer(program, SecretVault(["DB": source], environment: [:]))
                .locate(began)
        else {
            Issue.record("the result was not found")
            return
        }
        #expect(known.output.text == "p=******\n" && known.errorOutput.text == "no ******\n")
        #expect(withheld.outcome == .succeeded && withheld.output.text.contains("has been changed"))
        #expect(!"\(withheld)".contains(old))
        _ = try store(old)
        guard
            case .finished(let again) = await performer(program, SecretVault(["DB": source], environment: [:]))
                .locate(began)
        else {
            Issue.record("the result was not found")
            return
        }
        #expect(again == known)
    }

    @Test(
        "what an operation was given is masked in its result, however often others were given something newer meanwhile"
    )
    func crowdedOut() async throws {
        let vault = SecretVault(["DB": try store(old)], environment: [:])
        let others = SecretPerformer(ScriptedPerformer(), secrets: vault)
        let operation = command("/usr/bin/act")
        let poll = order(operation, effect: .read)
        let path = site.path + "/db"
        let busy = ScriptedPerformer { [old, new] _, _ in
            for number in 0..<40 {
                try? Data("\(new) \(number)".utf8).write(to: URL(filePath: path))
                _ = await others.perform(poll, .silent)
            }
            return OperationResult(outcome: .succeeded, reason: "said \(old) and \(new) 39", status: 0)
        }
        let result = await SecretPerformer(busy, secrets: vault).perform(order(operation), .silent)
        #expect(result.reason.hasPrefix("said ******"))
        for secret in [old, new] { #expect(!result.reason.contains(secret)) }
    }

    @Test("whoever only looks at an output crowds nothing out")
    func looks() async throws {
        let vault = SecretVault(["DB": try store(old)], environment: [:])
        let began = order(command("/usr/bin/act"))
        _ = await SecretPerformer(ScriptedPerformer(), secrets: vault).perform(began, .silent)
        for number in 0..<40 {
            _ = try store("\(new) \(number)")
            let mask = try await vault.mask(of: began.operation, id: began.id, spool: nil)
            #expect(mask.masked("\(old), \(new) \(number)") == "******, ******")
        }
    }

    @Test("of what only reads no seal stays", arguments: [Effect.read, .idempotent])
    func seals(effect: Effect) async throws {
        let program = try site.program("cat")
        let vault = SecretVault(["DB": try store(old)], environment: [:])
        let result = await performer(program, vault).perform(order(command(program), effect: effect), .silent)
        #expect(result.outcome == .succeeded)
        let files = try FileManager.default.contentsOfDirectory(atPath: site.spool + "/r1")
        #expect(files.contains { $0.hasSuffix(".seal") } == (effect != .read))
    }

    @Test("the mask of a live output withholds what a secret nobody knows any more may be in")
    func liveOutput() async throws {
        let program = try site.program("cat")
        let source = try store(old)
        let began = order(command(program), effect: .once)
        _ = await performer(program, SecretVault(["DB": source], environment: [:])).perform(began, .silent)
        let vault = SecretVault(["DB": source], environment: [:])
        #expect(try await vault.mask(of: began.operation, id: began.id, spool: site.spool).masked(old) == "******")
        _ = try store(new)
        let later = SecretVault(["DB": source], environment: [:])
        await #expect(throws: SecretError.changed(["DB"])) {
            try await later.mask(of: began.operation, id: began.id, spool: site.spool)
        }
        #expect(
            try await vault.mask(of: began.operation, id: began.id, spool: site.spool).masked("\(old) \(new)")
                == "****** ******")
        // A seal that says nothing is no reason to trust what is there.
        try Data("x".utf8).write(to: URL(filePath: site.spool + "/r1/steps_act-1.seal"))
        await #expect(throws: SecretError.changed(["DB"])) {
            try await vault.mask(of: began.operation, id: began.id, spool: site.spool)
        }
    }
}
