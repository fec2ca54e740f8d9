import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite struct ConfinementTests {
    private func plan(_ keys: String) throws -> Plan {
        let text = RunbookLoaderTests.whole.replacing("env: {LEVEL: '${count}'}", with: keys)
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        return try Planner.plan(runbook, parameters: ["service": .string("pay")])
    }

    private func command(_ plan: Plan) throws -> Command {
        guard case .operation(.run(let command))? = plan.steps.first?.action else {
            throw CocoaError(.coderValueNotFound)
        }
        return command
    }

    @Test("a command says who it runs as, what it may use, when it is killed and how much of its output is kept")
    func read() throws {
        let keys = """
            user: deploy, kill_after: 3s, max_output: 256KiB,
                    limits: {memory: 512MiB, processes: 64, open_files: 256, file_size: 10MB, cpu: 90s}
            """
        let plan = try plan(keys)
        let limits = ProcessLimits(
            memory: 512 << 20, processes: 64, openFiles: 256, fileSize: 10_000_000, cpu: .seconds(90))
        #expect(
            try command(plan).confinement
                == Confinement(user: "deploy", limits: limits, killAfter: .seconds(3), maxOutput: 262_144))
        #expect(
            plan.text.contains(
                "as deploy within memory 512 MiB, processes 64, open files 256, file size 10000000 bytes, cpu 1m30s"),
            "\(plan.text)")
    }

    @Test("a plan without any of it is what it was before there was such a thing, down to its hash")
    func unchanged() throws {
        let plan = try plan("cwd: /")
        #expect(try command(plan).confinement == nil)
        #expect(!plan.canonicalText.contains("confinement"))
    }

    @Test("of two limits the narrower counts, and none loosens the other")
    func tightening() {
        let all = ProcessLimits(memory: 100, processes: 10)
        let step = ProcessLimits(memory: 200, processes: 5, cpu: .seconds(1))
        #expect(all.tightened(by: step) == ProcessLimits(memory: 100, processes: 5, cpu: .seconds(1)))
        #expect(all.tightened(by: step) == step.tightened(by: all))
    }

    @Test(
        "numbers of bytes are read as people write them",
        arguments: [
            ("0", 0), ("65536", 65_536), ("1B", 1), ("2kB", 2_000), ("2KiB", 2_048), ("5MB", 5_000_000),
            ("8EiB", nil), ("9223372036854775808", nil), ("9000000000GiB", nil), ("", nil), ("MB", nil), ("1 MB", nil),
            ("-1", nil), ("1.5GB", nil),
        ] as [(String, Int64?)])
    func byteCounts(text: String, bytes: Int64?) {
        #expect(ByteCount.parse(text) == bytes)
    }
}
