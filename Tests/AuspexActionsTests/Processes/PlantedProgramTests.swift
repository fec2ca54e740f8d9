import AuspexActions
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// Programs that somebody has laid where a careless engine would look for them.
@Suite(.timeLimit(.minutes(1))) struct PlantedProgramTests {
    private func order(_ command: Command) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: "steps/act", attempt: 1), operation: .run(command), effect: .read,
            idempotencyKey: "key-1", timeout: .seconds(30))
    }

    private func performer(_ site: TestSite, helper: String = TestSite.helper, path: String? = nil) -> ProcessPerformer
    {
        ProcessPerformer(
            ProcessConfiguration(
                helper: helper, spool: site.spool, executables: ["/usr/bin/printf"],
                environment: path.map { ["PATH": $0, "LANG": "C.UTF-8"] }, directory: site.path))
    }

    @Test("a program in the working directory or the search path is never taken for the one on the list")
    func program() async throws {
        let site = try TestSite()
        _ = try site.program("touch \(site.path)/canary", name: "printf")
        for name in ["printf", "/usr/bin/printf"] {
            let command = Command(argv: [name, "real"], directory: site.path, environment: ["PATH": site.path])
            let result = await performer(site, path: site.path + ":/usr/bin").perform(order(command), .silent)
            #expect(result.outcome == .succeeded && result.output.text == "real", "\(result)")
        }
        let planted = Command(argv: [site.path + "/printf", "x"])
        #expect(await performer(site).perform(order(planted), .silent).errorCode == "NotStarted")
        for name in ["./printf", "../printf", "usr/bin/printf", "/usr/bin/../bin/printf", "/usr/bin/printf\u{0}x", ""] {
            let result = await performer(site).perform(order(Command(argv: [name, "x"])), .silent)
            #expect(result.errorCode == "NotStarted", "\(name): \(result)")
        }
        #expect(!FileManager.default.fileExists(atPath: site.path + "/canary"))
    }

    @Test("what the system would cut at a NUL is not started", arguments: ["real\u{0}more", "\u{0}"])
    func cutAtNUL(text: String) async throws {
        let site = try TestSite()
        for command in [
            Command(argv: ["printf", text]), Command(argv: ["printf", "x"], environment: ["TEXT": text]),
        ] {
            let result = await performer(site).perform(order(command), .silent)
            #expect(result.outcome == .failed && result.errorCode == "NotStarted", "\(result)")
            #expect(result.reason.contains("NUL"), "\(result)")
        }
    }

    @Test("a helper in the working directory or the search path is never started")
    func helper() async throws {
        let site = try TestSite()
        _ = try site.program("touch \(site.path)/canary", name: "auspex-exec")
        let real = await performer(site, path: site.path).perform(order(Command(argv: ["printf", "real"])), .silent)
        #expect(real.output.text == "real")
        for helper in ["auspex-exec", "./auspex-exec", site.path + "/nowhere/auspex-exec"] {
            let result = await performer(site, helper: helper, path: site.path)
                .perform(order(Command(argv: ["printf", "x"])), .silent)
            #expect(result.outcome == .failed && result.errorCode == "NotStarted", "\(result)")
        }
        #expect(!FileManager.default.fileExists(atPath: site.path + "/canary"))
    }

    @Test("a command starts with no signal blocked or ignored, as the leader of a session of its own")
    func clean() async throws {
        let site = try TestSite()
        let program = try site.program(
            """
            while read -r name value; do case $name in SigBlk:|SigIgn:) echo "$name$value";; esac; done < /proc/self/status
            read -r line < /proc/$$/stat; set -- ${line##*) }; [ "$3" = $$ ] && [ "$4" = $$ ] && echo leader
            ulimit -n
            """)
        let performer = ProcessPerformer(
            ProcessConfiguration(helper: TestSite.helper, spool: site.spool, executables: [program]))
        let result = await performer.perform(order(Command(argv: [program])), .silent)
        let lines = result.output.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "SigBlk:0000000000000000" && lines.dropFirst(2).first == "leader", "\(result)")
        // The C library keeps signals 32 and 33 for itself.
        let ignored = lines.dropFirst().first.flatMap { UInt64($0.dropFirst("SigIgn:".count), radix: 16) }
        #expect(ignored.map { $0 & 0x7fff_ffff } == 0, "\(result)")
    }
}
