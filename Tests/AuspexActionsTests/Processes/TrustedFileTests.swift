import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexActions

@Suite struct TrustedFileTests {
    private func mode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("a program that others may change is not run", arguments: [0o757, 0o775, 0o777])
    func writable(bits: Int) throws {
        let site = try TestSite()
        let program = try site.program("true")
        try mode(bits, of: program)
        #expect(throws: ExecutableError.writable(program)) { try TrustedFile(program) }
        #expect(throws: ExecutableError.writable(program)) { try ProcessConfiguration.check(["/no/such", program]) }
    }

    @Test("a program below a directory that others may change is not run, however far up it is")
    func writableDirectory() throws {
        let site = try TestSite()
        let directory = site.path + "/a/b/c"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let program = try site.program("true", name: "a/b/c/program")
        _ = try TrustedFile(program)
        for parent in [directory, site.path + "/a"] {
            try mode(0o777, of: parent)
            #expect(throws: ExecutableError.writable(parent)) { try TrustedFile(program) }
            // With the sticky bit nobody can replace what is not theirs.
            try mode(0o1777, of: parent)
            _ = try TrustedFile(program)
        }
    }

    @Test("symbolic links are followed, and what is on the way to their ends counts", arguments: [true, false])
    func links(isRelative: Bool) throws {
        let site = try TestSite()
        for name in ["bin", "open"] {
            try FileManager.default.createDirectory(
                atPath: "\(site.path)/\(name)", withIntermediateDirectories: false)
        }
        let program = try site.program("true", name: "open/program")
        let link = site.path + "/bin/link"
        let target = isRelative ? "../open/./program" : program
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(try TrustedFile(link).identity == TrustedFile(program).identity)
        #expect(try TrustedFile(link).path == link)
        try mode(0o777, of: site.path + "/open")
        #expect(throws: ExecutableError.writable(site.path + "/open")) { try TrustedFile(link) }
    }

    @Test("links that lead in a circle end")
    func circle() throws {
        let site = try TestSite()
        try FileManager.default.createSymbolicLink(
            atPath: site.path + "/a", withDestinationPath: site.path + "/b")
        try FileManager.default.createSymbolicLink(
            atPath: site.path + "/b", withDestinationPath: site.path + "/a")
        #expect(throws: ExecutableError.self) { try TrustedFile(site.path + "/a") }
    }

    @Test("what belongs to somebody else is not run", .enabled(if: geteuid() == 0, "only root can give files away"))
    func foreign() throws {
        let site = try TestSite()
        let program = try site.program("true")
        chown(program, 65_534, 65_534)
        #expect(throws: ExecutableError.foreign(program, owner: 65_534)) { try TrustedFile(program) }
        chown(program, 0, 0)
        chown(site.path, 65_534, 0)
        #expect(throws: ExecutableError.foreign(site.path, owner: 65_534)) { try TrustedFile(program) }
        chown(site.path, 0, 0)
        _ = try TrustedFile(program)
    }

    @Test(
        "a directory, a device, a file without the right and nothing at all are not run",
        arguments: ["/usr/bin", "/dev/null", "/etc/passwd", "/no/such", "/etc/passwd/x", "usr/bin/true", "", "/"])
    func noProgram(path: String) {
        #expect(throws: ExecutableError.self) { try TrustedFile(path) }
    }

    @Test("a name means the program of that name on the list, if there is only one")
    func names() throws {
        let one = ProcessConfiguration(helper: "/h", spool: "/s", executables: ["/usr/bin/true", "/usr/bin/false"])
        #expect(try one.executable("true").path == "/usr/bin/true")
        let two = ProcessConfiguration(helper: "/h", spool: "/s", executables: ["/usr/bin/true", "/bin/true"])
        #expect(throws: ExecutableError.self) { try two.executable("true") }
        #expect(try two.executable("/bin/true").path == "/bin/true")
        #expect(throws: ExecutableError.self) { try one.executable("rue") }
    }

    @Test("a program that is exchanged after it was looked at is not started")
    func exchanged() async throws {
        let site = try TestSite()
        let program = try site.program("echo first >> \(site.path)/log")
        let looked = try TrustedFile(program)
        _ = try site.program("echo second >> \(site.path)/log")
        let id = OperationID(run: "r1", path: "steps/act", attempt: 1)
        let spool = try SpoolDirectory(of: id, in: site.spool)
        _ = try spool.create()
        try spool.write(
            ExecOrder(
                argv: [program], program: looked.identity, limits: ExecLimits(ProcessLimits()), directory: "/",
                environment: [:], timeoutMilliseconds: 10_000, graceMilliseconds: 100, outlivesEngine: false,
                keptBytes: 100, spooledBytes: 100))
        let helper = Helper(path: TestSite.helper, spool: spool.path, patience: .seconds(60))
        #expect(await helper.run(.silent) == nil)
        #expect(spool.status?.end == .notStarted)
        #expect(spool.status?.reason?.contains("was changed while it was about to be started") == true)
        #expect(site.lines("log").isEmpty)
    }
}
