import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// A runbook with programs that leave files behind, a configuration that allows them, and a directory for the journal.
struct LocalSite {
    let folder: TemporaryDirectory
    let file: String
    let config: String
    var data: String { folder.path + "/data" }

    /// Three steps that make the files one, two and three, and one at the end that makes last.
    static let steps = """
        steps:
          - {id: one, run: {argv: [/usr/bin/touch, DIR/one]}, effect: idempotent}
          - {id: two, run: {argv: [/usr/bin/touch, DIR/two]}, effect: once}
          - {id: three, run: {argv: [/usr/bin/touch, DIR/three]}, effect: idempotent}
        always:
          - {id: last, run: {argv: [/usr/bin/touch, DIR/last]}, effect: idempotent}
        """

    init(_ steps: String = Self.steps, executables: String = "/usr/bin/touch") throws {
        folder = try TemporaryDirectory()
        let text = """
            kind: runbook
            id: make
            version: 1
            title: Make files
            owner: test
            params: {word: {type: string, default: hunter22, sensitive: true, pattern: '[a-z0-9]+'}}
            \(steps.replacing("DIR", with: folder.path))
            verify: {alerts_clear: [{rule: down}], for: 3m, within: 10m}
            """
        file = try folder.file("make.yaml", text)
        let programs = executables.replacing("DIR", with: folder.path)
        config = try folder.file("auspex.yaml", "actions: {executables: [\(programs)], allow_fault_points: true}\n")
    }

    /// The files that the steps have made.
    var made: [String] {
        ["one", "two", "three", "last"].filter { FileManager.default.fileExists(atPath: folder.path + "/" + $0) }
    }

    /// Makes a program of the test's own.
    func program(_ name: String, _ text: String) throws {
        let file = try folder.file(name, "#!/bin/sh\n\(text.replacing("DIR", with: folder.path))\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    /// The hash of the plan.
    func hash() async throws -> String {
        let outcome = try await Program.run(["runbook", "plan", file, "--format", "json"])
        return try #require(try JSONValue(parsing: outcome.output)["hash"]?.string)
    }

    /// The arguments of a run here.
    func arguments(_ more: String...) async throws -> [String] {
        ["runbook", "run", file, "--plan", try await hash(), "--data", data, "--config", config, "--by", "ann"] + more
    }

    /// Runs it here with these answers, a line each.
    func run(_ answers: String..., options: [String] = ["--debug"]) async throws -> Program.Outcome {
        try await Program.run(
            try await arguments() + options, input: answers.map { $0 + "\n" }.joined())
    }

    /// Runs it here with these answers until the engine dies at this point.
    ///
    /// - Returns: the run's id.
    func die(at point: String, _ answers: String...) async throws -> String {
        let outcome = try await Program.run(
            try await arguments("--debug"), input: answers.map { $0 + "\n" }.joined(),
            environment: ["AUSPEX_CRASH_AT": point])
        #expect(outcome.code == 137, "\(outcome)")
        return try #require(try await audit().first { $0["kind"]?.string == "run.created" }?["runID"]?.string)
    }

    /// Takes a run up here with these answers.
    func resume(_ run: String, _ answers: String..., options: [String] = ["--debug"]) async throws -> Program.Outcome {
        try await Program.run(
            ["runbook", "resume", run, "--data", data, "--config", config, "--by", "ann"] + options,
            input: answers.map { $0 + "\n" }.joined())
    }

    /// The audit of the runs here.
    func audit() async throws -> [JSONValue] {
        let outcome = try await Program.run(["audit", "export", "--data", data])
        return try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}
