import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// Commands that hang, hide, flood, leave things behind or eat the machine.
@Suite(.timeLimit(.minutes(FaultScale.isFull ? 60 : 2))) struct ProcessFaultTests {
    private func order(
        _ program: String, _ limits: ProcessLimits? = nil, user: String? = nil, effect: Effect = .idempotent,
        timeout: TimeSpan = .seconds(60), attempt: Int = 1
    ) -> OperationOrder {
        let confinement = Confinement(user: user, limits: limits)
        return OperationOrder(
            id: OperationID(run: "r1", path: "steps/act", attempt: attempt),
            operation: .run(Command(argv: [program], confinement: confinement)), effect: effect,
            idempotencyKey: "key", timeout: timeout)
    }

    private func performer(
        _ site: TestSite, _ program: String, reserve: TimeSpan = ProcessConfiguration.defaultReserve
    ) -> ProcessPerformer {
        ProcessPerformer(
            ProcessConfiguration(
                helper: TestSite.helper, spool: site.spool, executables: [program], users: ["nobody"],
                grace: TimeSpan(milliseconds: 200), reserve: reserve))
    }

    // MARK: - Hanging

    @Test("a command that does not listen, and whose child has left by two forks into a session of its own, is ended")
    func hidden() async throws {
        let site = try TestSite()
        _ = try site.program(
            "trap '' TERM HUP INT\necho $$ > \(site.path)/pid\nexec > /dev/null 2>&1 < /dev/null\n"
                + "while :; do sleep 1; done", name: "hidden")
        let program = try site.program(
            "trap '' TERM HUP INT\n(setsid \(site.path)/hidden &)\nwhile :; do sleep 1; done")
        let result = await performer(site, program).perform(order(program, timeout: .seconds(2)), .silent)
        #expect(result.outcome == .timedOut, "\(result)")
        #expect(!result.reason.contains("could not be ended"), "\(result)")
        // It is killed before the step ends; who takes it off the table of processes does so when it can.
        let child = try site.pid()
        try await TestSite.wait { kill(child, 0) == -1 }
    }

    @Test("a helper that hangs is given up, the run's slot is free, and what it leads ends as soon as it can")
    func hangingHelper() async throws {
        let site = try TestSite()
        let program = try site.program("echo $$ > \(site.path)/pid; while :; do sleep 0.05; done")
        let helper = Mutex<ProcessIdentity?>(nil)
        let control = OperationControl(stops: AsyncStream { _ in }) { process in helper.withLock { $0 = process } }
        let (order, performer) = (
            order(program, timeout: TimeSpan(milliseconds: 500)),
            performer(site, program, reserve: TimeSpan(milliseconds: 500))
        )
        async let end = performer.perform(order, control)
        try await TestSite.wait { !site.lines("pid").isEmpty && helper.withLock { $0 } != nil }
        let process = try #require(helper.withLock { $0 })
        kill(process.pid, SIGSTOP)
        let result = await end
        #expect(result.outcome == .unknown && result.errorCode == "Overdue", "\(result)")
        kill(process.pid, SIGCONT)
        let child = try site.pid()
        try await TestSite.wait { kill(child, 0) != 0 && !process.isAlive }
    }

    // MARK: - Holding on

    @Test("a child that keeps the outputs open for ever holds its step up no longer than a moment", arguments: [1, 20])
    func heldOutput(children: Int) async throws {
        let site = try TestSite()
        let program = try site.program(
            "i=0; while [ $i -lt \(children) ]; do sleep 4219 & echo $! >> \(site.path)/pids; i=$((i+1)); done; "
                + "echo done; exit 3")
        let result = await performer(site, program).perform(order(program, timeout: .minutes(30)), .silent)
        #expect(result.status == 3 && result.output.text == "done\n", "\(result)")
        let pids = site.lines("pids").compactMap { pid_t($0) }
        #expect(pids.count == children)
        for pid in pids { kill(pid, SIGKILL) }
    }

    // MARK: - Flooding

    /// What a command prints: a shell command that prints `count` bytes, the last ones of which are `end`.
    struct Flood: Sendable, CustomTestStringConvertible {
        var name: String
        var filter: String

        var testDescription: String { name }
    }

    static let floods = [
        Flood(name: "short lines without end", filter: "tr '\\0' '\\n'"),
        Flood(name: "one line", filter: "tr '\\0' 'y'"),
        Flood(name: "nothing but NULs", filter: "cat"),
        Flood(name: "bytes that are no UTF-8", filter: "tr '\\0' '\\377'"),
        Flood(name: "escape characters", filter: "tr '\\0' '\\033'"),
    ]

    @Test("a flood of output keeps both ends, blocks nobody and fills no memory", arguments: floods)
    func flood(_ flood: Flood) async throws {
        let site = try TestSite()
        let bytes = FaultScale.count(20_000_000, full: 1_000_000_000)
        let peak = try await pour(bytes, flood.filter, site)
        // A helper takes 20 MB or so by itself, and keeps a block and both ends of both outputs.
        #expect(peak < 100_000, "the helper took \(peak) kB")
    }

    @Test("ten gigabytes take no more memory than ten megabytes", .enabled(if: FaultScale.isFull, "takes minutes"))
    func tenGigabytes() async throws {
        let site = try TestSite()
        let peak = try await pour(10_000_000_000, "tr '\\0' 'y'", site)
        #expect(peak < 100_000, "the helper took \(peak) kB")
    }

    /// Runs a command that prints `bytes` bytes and a last line.
    ///
    /// - Returns: The most memory that the helper had meanwhile, in kB.
    private func pour(_ bytes: Int, _ filter: String, _ site: TestSite) async throws -> Int {
        let program = try site.program("echo begin; head -c \(bytes) /dev/zero | \(filter); echo; echo end")
        let helper = Mutex<Int32?>(nil)
        let control = OperationControl(stops: AsyncStream { _ in }) { process in helper.withLock { $0 = process.pid } }
        let (order, performer) = (order(program, timeout: .minutes(30)), performer(site, program))
        let done = Mutex(false)
        async let end = performer.perform(order, control)
        async let watch = { () async -> Int in
            var peak = 0
            while !done.withLock({ $0 }) {
                peak = max(peak, helper.withLock { $0 }.flatMap(Self.peakMemory) ?? 0)
                try? await Task.sleep(for: .milliseconds(10))
            }
            return peak
        }()
        let result = await end
        done.withLock { $0 = true }
        let peak = await watch
        #expect(result.outcome == .succeeded, "\(result.reason)")
        let kept = ProcessConfiguration.keptBytes
        let total = bytes + "begin\n\nend\n".utf8.count
        #expect(result.output.droppedBytes == total - 2 * kept)
        #expect(result.output.head.hasPrefix("begin\n"))
        #expect(result.output.tail.hasSuffix("\nend\n"))
        let files = try FileManager.default.subpathsOfDirectory(atPath: site.spool)
        let sizes = try files.map {
            try FileManager.default.attributesOfItem(atPath: "\(site.spool)/\($0)")[.size] as? Int ?? 0
        }
        #expect(sizes.allSatisfy { $0 <= LiveOutput.mostBytes })
        return peak
    }

    /// The most memory that a process has had, in kB.
    private static func peakMemory(of pid: Int32) -> Int? {
        let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    // MARK: - Leaving things behind

    @Test("many short commands leave no process, no open file and no thread behind")
    func noLeaks() async throws {
        let site = try TestSite()
        let program = try site.program("(sleep 0.01 &) ; echo $$ >> \(site.path)/pids")
        let performer = performer(site, program)
        let count = FaultScale.count(40, full: 10_000)
        // Other tests run beside this one, so only the helpers' own ends of pipes tell whose a pipe is.
        let before = ProcessPerformerProbe.pipes(of: "self")
        let threads = try ProcessPerformerProbe.threadCount()
        let helpers = Mutex<[ProcessIdentity]>([])
        let pipes = Mutex<Set<String>>([])
        for attempt in 1...count {
            let control = OperationControl(stops: AsyncStream { _ in }) { helper in
                helpers.withLock { $0.append(helper) }
                pipes.withLock { $0.formUnion(ProcessPerformerProbe.pipes(of: "\(helper.pid)")) }
            }
            let result = await performer.perform(order(program, effect: .read, attempt: attempt), control)
            guard result.outcome == .succeeded else {
                Issue.record("\(attempt): \(result)")
                break
            }
        }
        let begun = helpers.withLock { $0 }
        #expect(begun.count == count)
        // Not even one that is over and that nobody has waited for.
        #expect(begun.filter { ProcessPerformerProbe.identity(of: $0.pid) == $0 }.isEmpty)
        let theirs = pipes.withLock { $0 }.subtracting(before)
        #expect(!theirs.isEmpty)
        #expect(ProcessPerformerProbe.pipes(of: "self").isDisjoint(with: theirs))
        // Other tests begin some, too, which only so many commands outweigh.
        if FaultScale.isFull { #expect(try ProcessPerformerProbe.threadCount() < threads + count / 100) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.spool + "/r1").isEmpty)
    }

    // MARK: - Eating the machine

    @Test("a command that eats memory meets its limit, and the next one is served")
    func memoryHog() async throws {
        let site = try TestSite()
        let program = try site.program("exec tail /dev/zero")
        let performer = performer(site, program)
        let limited = order(program, ProcessLimits(memory: 256 << 20))
        let result = await performer.perform(limited, .silent)
        #expect(result.outcome == .failed && result.errorCode != "NotStarted", "\(result)")
        _ = try site.program("echo well")
        let next = await performer.perform(order(program, attempt: 2), .silent)
        #expect(next.output.text == "well\n", "\(next)")
    }

    @Test(
        "a command that forks without end meets its limit, is ended with all that descends from it, and the next one is served",
        .enabled(if: geteuid() == 0, "of another user than root the limit counts what else that user runs"),
        arguments: ["nobody", nil])
    func forkBomb(user: String?) async throws {
        let site = try TestSite()
        chmod(site.path, 0o755)
        // Of root the helper counts. So that a mistake does no harm, this ends by itself.
        let program = try site.program(
            user == nil
                ? "i=0; while [ $i -lt 2000 ]; do setsid sleep 4217 & i=$((i+1)); done; wait"
                : "bomb() { bomb | bomb & }; bomb; exec sleep 4217")
        let performer = performer(site, program)
        let bomb = order(program, ProcessLimits(processes: 60), user: user, timeout: .seconds(3))
        let result = await performer.perform(bomb, .silent)
        #expect(result.errorCode == (user == nil ? "OverLimit" : "Timeout"), "\(result)")
        #expect(!result.reason.contains("could not be ended"), "\(result)")
        try await TestSite.wait {
            ProcessPerformerProbe.processes(with: "4217").isEmpty
                && ProcessPerformerProbe.processes(with: program).isEmpty
        }
        _ = try site.program("echo well")
        let next = await performer.perform(order(program, attempt: 2), .silent)
        #expect(next.output.text == "well\n", "\(next)")
    }
}
