import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Synchronization
import Testing

/// Commands, and engines that come and go while they run. Everything here is real but the engines.
@Suite(.timeLimit(.minutes(2))) struct ProcessLifeTests {
    private func order(
        _ program: String, effect: Effect, run: String = "r1", timeout: TimeSpan = .seconds(60), attempt: Int = 1
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: run, path: "steps/act", attempt: attempt), operation: .run(Command(argv: [program])),
            effect: effect, idempotencyKey: "key", timeout: timeout)
    }

    /// A program that says that it runs, and goes on until the file `go` is there.
    private func patient(_ site: TestSite) throws -> String {
        try site.program(
            "echo $$ > \(site.path)/pid\necho began >> \(site.path)/log\n"
                + "while [ ! -e \(site.path)/go ]; do sleep 0.05; done\necho ended >> \(site.path)/log; echo result")
    }

    /// Begins an order as an engine that then goes away.
    private func abandon(_ order: OperationOrder, by performer: ProcessPerformer, _ site: TestSite) async throws {
        let task = Task { await performer.perform(order, .silent) }
        try await TestSite.wait { site.lines("log") == ["began"] }
        task.cancel()
        #expect(await task.value.outcome == .unknown)
    }

    @Test("what must not happen twice goes on when the engine is gone, and the next engine gets its result")
    func onceOutlives() async throws {
        let site = try TestSite()
        let program = try patient(site)
        let order = order(program, effect: .once)
        try await abandon(order, by: site.performer([program]), site)
        let next = site.performer([program])
        #expect(await next.locate(order) == .running)
        async let end = next.attach(order, .silent)
        _ = FileManager.default.createFile(atPath: site.path + "/go", contents: nil)
        let result = await end
        #expect(result.outcome == .succeeded)
        #expect(result.output.text == "result\n")
        #expect(site.lines("log") == ["began", "ended"])
        #expect(await next.locate(order) == .finished(result))
    }

    @Test("what may be repeated is ended when the engine is gone", arguments: [Effect.read, .idempotent])
    func othersEnd(effect: Effect) async throws {
        let site = try TestSite()
        let program = try patient(site)
        let order = order(program, effect: effect)
        try await abandon(order, by: site.performer([program]), site)
        let pid = try site.pid()
        try await TestSite.wait { kill(pid, 0) != 0 }
        #expect(site.lines("log") == ["began"])
        let next = site.performer([program])
        try await TestSite.wait { await next.locate(order) != .running }
        #expect(await next.locate(order) == .unknown)
    }

    @Test("a later engine can stop what an earlier one began")
    func stopAttached() async throws {
        let site = try TestSite()
        let program = try patient(site)
        let order = order(program, effect: .once)
        try await abandon(order, by: site.performer([program]), site)
        let next = site.performer([program])
        let (stops, stop) = AsyncStream<Void>.makeStream()
        stop.yield()
        let result = await next.attach(order, OperationControl(stops: stops))
        #expect(result.outcome == .cancelled)
        #expect(kill(try site.pid(), 0) != 0)
    }

    @Test("a command that is stopped is ended", arguments: Effect.allCases)
    func stopped(effect: Effect) async throws {
        let site = try TestSite()
        let program = try patient(site)
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let (order, performer) = (order(program, effect: effect), site.performer([program]))
        async let end = performer.perform(order, OperationControl(stops: stops))
        try await TestSite.wait { site.lines("log") == ["began"] }
        stop.yield()
        let result = await end
        #expect(result.outcome == .cancelled)
        #expect(kill(try site.pid(), 0) != 0)
    }

    @Test("when the helper itself is killed, nobody pretends to know")
    func helperKilled() async throws {
        let site = try TestSite()
        let program = try patient(site)
        let helper = Mutex<ProcessIdentity?>(nil)
        let (order, performer) = (order(program, effect: .once), site.performer([program]))
        let control = OperationControl(stops: AsyncStream { _ in }) { process in helper.withLock { $0 = process } }
        async let end = performer.perform(order, control)
        try await TestSite.wait { site.lines("log") == ["began"] && helper.withLock { $0 } != nil }
        let process = try #require(helper.withLock { $0 })
        #expect(process.isAlive)
        kill(process.pid, SIGKILL)
        #expect(await end.outcome == .unknown)
        #expect(await performer.locate(order) == .unknown)
        #expect(!process.isAlive)
        kill(try site.pid(), SIGKILL)
    }

    @Test("a process of the same number is not the same process")
    func identity() throws {
        let mine = try #require(ProcessPerformerProbe.identity(of: getpid()))
        #expect(mine.isAlive)
        var other = mine
        other.startTicks += 1
        #expect(!other.isAlive)
        other = mine
        other.bootID = "another boot"
        #expect(!other.isAlive)
    }

    @Test(
        "of a helper and an engine that gives the operation up, exactly one wins, however close the race",
        arguments: 0..<20)
    func race(round: Int) async throws {
        let site = try TestSite()
        let program = try site.program("echo began >> \(site.path)/log")
        let (order, performer) = (order(program, effect: .once), site.performer([program]))
        async let end = performer.perform(order, .silent)
        // A different moment each round: the helper takes a few milliseconds to come up.
        for _ in 0..<(round * 40) { await Task.yield() }
        let located = await performer.locate(order)
        let result = await end
        switch located {
        case .notStarted:
            #expect(result.outcome == .failed, "\(result)")
            #expect(site.lines("log").isEmpty)
        case .running, .finished:
            #expect(result.outcome == .succeeded, "\(result)")
            #expect(site.lines("log") == ["began"])
        case .unknown: Issue.record("unknown, although the helper is there")
        }
    }

    @Test("an operation's directory is for this user only, and the order does not stay")
    func spoolIsPrivate() async throws {
        let site = try TestSite()
        let program = try site.program("cat > /dev/null")
        var order = order(program, effect: .idempotent)
        order.operation = .run(
            Command(argv: [program, "hunter2"], environment: ["TOKEN": "hunter2"], input: "hunter2"))
        let result = await site.performer([program]).perform(order, .silent)
        #expect(result.outcome == .succeeded)
        let spool = URL(filePath: site.spool)
        let names = FileManager.default.enumerator(at: spool, includingPropertiesForKeys: nil)?.allObjects ?? []
        let files = names.compactMap { ($0 as? URL)?.path }
        #expect(files.contains { $0.hasSuffix("status.json") })
        for path in files + [site.spool] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect((mode ?? 0o777) & 0o077 == 0, "\(path)")
            if let data = FileManager.default.contents(atPath: path) {
                #expect(!String(decoding: data, as: UTF8.self).contains("hunter2"), "\(path)")
            }
        }
    }

    @Test("what only reads leaves nothing behind")
    func readsLeaveNothing() async throws {
        let site = try TestSite()
        let program = try site.program("echo x")
        let performer = site.performer([program])
        for attempt in 1...3 {
            #expect(
                await performer.perform(order(program, effect: .read, attempt: attempt), .silent).outcome == .succeeded)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.spool + "/r1").isEmpty)
    }

    @Test("old outputs of runs that are over are removed, and no others")
    func tidying() async throws {
        let site = try TestSite()
        let program = try site.program("echo x")
        let performer = site.performer([program])
        for run in ["old", "open", "new"] {
            _ = await performer.perform(order(program, effect: .once, run: run), .silent)
        }
        for run in ["old", "open"] { utimes(site.spool + "/" + run, [timeval(), timeval()]) }
        await performer.tidy(keeping: ["open"], before: Timestamp(milliseconds: 1_000))
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.spool).sorted() == ["new", "open"])
    }

    @Test("the orders of an engine that died are removed, but not one that this engine's helper has yet to read")
    func tidyingOrders() async throws {
        let site = try TestSite()
        let program = try site.program("echo x")
        let helper = try site.program(
            "touch \(site.path)/asked\nwhile [ ! -e \(site.path)/go ]; do sleep 0.05; done\n"
                + "[ -e \"$1/order.json\" ] && echo order >> \(site.path)/log",
            name: "helper")
        let performer = ProcessPerformer(
            ProcessConfiguration(helper: helper, spool: site.spool, executables: [program]))
        let order = order(program, effect: .once)
        async let result = performer.perform(order, .silent)
        try await TestSite.wait { FileManager.default.fileExists(atPath: site.path + "/asked") }
        let old = site.spool + "/r1/old"
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: old + "/order.json", contents: nil)
        await performer.tidy(keeping: ["r1"], before: Timestamp(milliseconds: 0))
        _ = FileManager.default.createFile(atPath: site.path + "/go", contents: nil)
        _ = await result
        #expect(site.lines("log") == ["order"])
        #expect(!FileManager.default.fileExists(atPath: old + "/order.json"))
    }

    @Test("a command gets nothing of the engine's but what is declared")
    func environment() async throws {
        setenv("AUSPEX_TEST_SECRET", "hunter2", 1)
        let site = try TestSite()
        let program = try site.program("/usr/bin/env; ls -l /proc/self/fd | wc -l; ulimit -c; pwd; umask")
        let result = await site.performer([program]).perform(order(program, effect: .read), .silent)
        let lines = result.output.text.split(separator: "\n").map(String.init)
        #expect(!result.output.text.contains("hunter2"))
        let names = Set(lines.filter { $0.contains("=") }.map { String($0.prefix { $0 != "=" }) })
        // What the shell of the test's program adds by itself is not the engine's.
        #expect(
            names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"])
                == ["PATH", "LANG", "AUSPEX_RUN", "AUSPEX_STEP", "AUSPEX_IDEMPOTENCY_KEY"])
        // Standard input, output and error, the directory that ls reads, and the line that says the total.
        #expect(lines.contains("5"), "\(lines)")
        #expect(lines.suffix(3) == ["0", "/", "0077"], "\(lines)")
    }

    static let refusals: [(String, String)] = [
        ("/usr/bin/nothing-like-it", "is not there"), ("printf", "not among the programs"),
        ("/tmp/../usr/bin/true", "not among the programs"),
    ]

    @Test("a program that is not there, or not on the list, is refused by name", arguments: refusals)
    func refused(program: String, part: String) async throws {
        let site = try TestSite()
        let performer = site.performer(["/usr/bin/nothing-like-it", "/usr/bin/true"])
        let result = await performer.perform(order(program, effect: .once), .silent)
        #expect(result.outcome == .failed)
        #expect(result.errorCode == "NotStarted")
        #expect(result.reason.contains(part), "\(result.reason)")
    }

    @Test("a helper that is not there is a failure that says so, and nothing was begun")
    func noHelper() async throws {
        let site = try TestSite()
        let program = try site.program("echo began >> \(site.path)/log")
        let performer = ProcessPerformer(
            ProcessConfiguration(helper: site.path + "/nowhere", spool: site.spool, executables: [program]))
        let result = await performer.perform(order(program, effect: .once), .silent)
        #expect(result.outcome == .failed)
        #expect(result.reason.contains("auspex-exec"))
        #expect(site.lines("log").isEmpty)
    }

    @Test("a run's id cannot lead out of the spool", arguments: ["../x", "", "a/b", "a\u{0}b", "."])
    func badIDs(id: String) async throws {
        let site = try TestSite()
        let program = try site.program("true")
        let result = await site.performer([program]).perform(order(program, effect: .once, run: id), .silent)
        #expect(result.outcome == .failed)
        #expect(!FileManager.default.fileExists(atPath: site.path + "/x"))
    }

    @Test("a whole run through real commands acts once and is verified")
    func wholeRun() async throws {
        let site = try TestSite()
        let program = try site.program("echo \"$AUSPEX_IDEMPOTENCY_KEY\" >> \(site.path)/log")
        let plan = RunSamples.plan(steps: [
            Plan.Step(id: "act", action: .operation(.run(Command(argv: [program]))), effect: .once)
        ])
        let record = RunSamples.record(id: "r1", plan: plan)
        let journal = InMemoryRunJournal()
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let driver = RunDriver(.fake(journal: journal, performer: site.performer([program])))
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        #expect(end.status == .verified)
        #expect(site.lines("log") == [RunState.idempotencyKey(run: "r1", path: "steps/act")])
        #expect(end.lastAttempt(at: "steps/act")?.process != nil)
    }
}
