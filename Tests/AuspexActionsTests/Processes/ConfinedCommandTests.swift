import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Who commands run as and what the operating system lets them use.
@Suite(.timeLimit(.minutes(2))) struct ConfinedCommandTests {
    private func order(
        _ argv: [String], _ confinement: Confinement? = nil, timeout: TimeSpan = .seconds(30)
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: "steps/act", attempt: 1),
            operation: .run(Command(argv: argv, confinement: confinement)), effect: .idempotent,
            idempotencyKey: "key", timeout: timeout)
    }

    private func performer(
        _ site: TestSite, _ program: String, users: [String] = [], limits: ProcessLimits = ProcessLimits()
    ) -> ProcessPerformer {
        ProcessPerformer(
            ProcessConfiguration(
                helper: TestSite.helper, spool: site.spool, executables: [program], users: users, limits: limits,
                grace: .seconds(1)))
    }

    @Test("a command sees the narrower of the configuration's limits and its own")
    func limits() async throws {
        let site = try TestSite()
        let program = try site.program("ulimit -v; ulimit -n; ulimit -f; ulimit -t; ulimit -c")
        let all = ProcessLimits(memory: 1 << 30, openFiles: 64, fileSize: 1 << 20)
        let own = ProcessLimits(memory: 1 << 31, openFiles: 32, cpu: TimeSpan(milliseconds: 1_500))
        let result = await performer(site, program, limits: all).perform(
            order([program], Confinement(limits: own)), .silent)
        // Kilobytes, files, blocks of 512 bytes, seconds.
        #expect(result.output.text == "1048576\n32\n2048\n2\n0\n", "\(result)")
    }

    @Test("without limits a command may open as many files as is usual")
    func usualLimits() async throws {
        let site = try TestSite()
        let program = try site.program("ulimit -n; ulimit -v")
        let result = await performer(site, program).perform(order([program]), .silent)
        #expect(result.output.text == "1024\nunlimited\n", "\(result)")
    }

    @Test("a command whose file grows or whose processor time goes over its limit is ended, and the reason says so")
    func overLimits() async throws {
        let site = try TestSite()
        let file = try site.program("exec head -c 100000 /dev/zero > \(site.path)/big")
        var result = await performer(site, file, limits: ProcessLimits(fileSize: 4_096)).perform(order([file]), .silent)
        #expect(result.reason.contains("larger than it may"), "\(result)")
        let size = try FileManager.default.attributesOfItem(atPath: site.path + "/big")[.size] as? Int
        #expect(size == 4_096)
        let busy = try site.program("while :; do :; done", name: "busy")
        let limited = Confinement(limits: ProcessLimits(cpu: .seconds(1)))
        var second = order([busy], limited)
        second.id.attempt = 2
        result = await performer(site, busy).perform(second, .silent)
        #expect(result.outcome != .timedOut && result.reason.contains("processor time was over"), "\(result)")
    }

    @Test("a command gets no rights from set-user-ID bits")
    func noNewPrivileges() async throws {
        let site = try TestSite()
        let program = try site.program(
            "while read -r line; do case $line in NoNewPrivs*) echo $line;; esac; done "
                + "< /proc/self/status")
        let result = await performer(site, program).perform(order([program]), .silent)
        #expect(result.output.text.split(whereSeparator: \.isWhitespace) == ["NoNewPrivs:", "1"], "\(result)")
    }

    @Test("a user that is not on the list is refused, root too", arguments: ["nobody", "root", "no-such-user"])
    func userNotListed(user: String) async throws {
        let site = try TestSite()
        let program = try site.program("echo x >> \(site.path)/log")
        let result = await performer(site, program, users: ["daemon"]).perform(
            order([program], Confinement(user: user)), .silent)
        #expect(result.errorCode == "NotStarted" && result.reason.contains("actions.users"), "\(result)")
        #expect(site.lines("log").isEmpty)
    }

    @Test("a user who does not exist is named")
    func noSuchUser() async throws {
        let site = try TestSite()
        let program = try site.program("echo x >> \(site.path)/log")
        let result = await performer(site, program, users: ["no-such-user"]).perform(
            order([program], Confinement(user: "no-such-user")), .silent)
        #expect(result.errorCode == "NotStarted" && result.reason.contains("no-such-user"), "\(result)")
        #expect(site.lines("log").isEmpty)
    }

    @Test(
        "a command of an engine that runs as root becomes its user wholly: ids, groups, home, outputs",
        .enabled(if: geteuid() == 0, "only root can become somebody else"))
    func otherUser() async throws {
        let site = try TestSite()
        let program = try site.program(
            "id -u; id -g; id -G; echo $HOME $USER $LOGNAME; echo to-stderr > /dev/stderr; cat /dev/stdin; "
                + "cat \(site.spool)/r1/* && echo can-read")
        chmod(site.path, 0o755)
        var asked = order([program], Confinement(user: "nobody"))
        asked.operation = .run(
            Command(argv: [program], input: "given\n", expectedExits: [1], confinement: Confinement(user: "nobody")))
        let result = await performer(site, program, users: ["nobody"]).perform(asked, .silent)
        let nobody = try #require(getpwnam("nobody")?.pointee)
        let home = String(cString: nobody.pw_dir)
        #expect(
            result.output.text
                == "\(nobody.pw_uid)\n\(nobody.pw_gid)\n\(nobody.pw_gid)\n\(home) nobody nobody\ngiven\n", "\(result)")
        #expect(result.errorOutput.text.hasPrefix("to-stderr\n"))
        #expect(result.outcome == .succeeded)
    }

    @Test(
        "the system's /dev/null stays whose it is when a command without input becomes another user",
        .enabled(if: geteuid() == 0, "only root can become somebody else"),
        arguments: ["nobody", "daemon"])
    func noInput(user: String) async throws {
        func owner() throws -> UInt {
            let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
            return try #require(attributes[.ownerAccountID] as? NSNumber).uintValue
        }
        let site = try TestSite()
        let program = try site.program("id -un; cat")
        chmod(site.path, 0o755)
        let before = try owner()
        let result = await performer(site, program, users: [user]).perform(
            order([program], Confinement(user: user)), .silent)
        #expect(result.output.text == user + "\n", "\(result)")
        #expect(try owner() == before)
    }

    @Test(
        "an engine that is not root runs commands as itself and as nobody else",
        .enabled(if: geteuid() != 0, "root may become anybody"))
    func notRoot() async throws {
        let site = try TestSite()
        let program = try site.program("id -un")
        let me = try #require(getpwuid(geteuid())).pointee
        let name = String(cString: me.pw_name)
        let performer = performer(site, program, users: [name, "nobody"])
        let own = await performer.perform(order([program], Confinement(user: name)), .silent)
        #expect(own.output.text == name + "\n", "\(own)")
        var other = order([program], Confinement(user: "nobody"))
        other.id.attempt = 2
        let refused = await performer.perform(other, .silent)
        #expect(refused.reason.contains("only an engine can that runs as root"), "\(refused)")
    }

    @Test("a step's own time between asking and killing counts, and so does what it wants kept of its output")
    func ownBounds() async throws {
        let site = try TestSite()
        let program = try site.program(
            "trap '' TERM; head -c 50000 /dev/zero | tr '\\0' 'y'; while :; do sleep 0.1; done")
        let patient = ProcessPerformer(
            ProcessConfiguration(
                helper: TestSite.helper, spool: site.spool, executables: [program], grace: .minutes(10)))
        let result = await patient.perform(
            order([program], Confinement(killAfter: .zero, maxOutput: 2_048), timeout: .seconds(2)), .silent)
        #expect(result.outcome == .timedOut, "\(result)")
        #expect(result.output.head.count == 1_024 && result.output.tail.count == 1_024)
        #expect(result.output.droppedBytes == 50_000 - 2_048)
    }
}
