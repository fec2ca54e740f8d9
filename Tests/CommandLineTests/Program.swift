import AuspexTesting
import Foundation
import Subprocess
import SystemPackage

/// The program under test, as this build made it.
enum Program {
    private static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static func path(_ product: String) -> String { repository.appending(path: ".build/debug/\(product)").path }
    /// Most bytes of an output that are kept.
    private static let mostBytes = 1 << 20

    /// How a call ended.
    struct Outcome {
        var code: Int32
        var output: String
        var error: String
    }

    /// Calls the program, or another one of this package, in the folder of the sources.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], of product: String = "auspex"
    ) async throws -> Outcome {
        try await call(path(product), arguments, input, environment)
    }

    /// Calls the program through a shell, for what only a shell can do to its input and output: `$0` is the program.
    static func shell(_ script: String) async throws -> Outcome {
        try await call("/bin/sh", ["-c", script, path("auspex")], "", [:])
    }

    /// Calls a shell with a script in a file, in an environment that has nothing but `environment`.
    static func script(
        _ script: String, with shell: [String], environment: [String: String]
    ) async throws -> Outcome {
        let folder = try TemporaryDirectory()
        let file = try folder.file("script.sh", script)
        let inherited = ProcessInfo.processInfo.environment.keys.filter { !environment.keys.contains($0) }
        let arguments = inherited.flatMap { ["-u", $0] } + shell + [file]
        return try await call("/usr/bin/env", arguments, "", environment)
    }

    /// The folder of the sources, and that of the programs.
    static var folders: (sources: URL, programs: URL) { (repository, repository.appending(path: ".build/debug")) }

    private static func call(
        _ program: String, _ arguments: [String], _ input: String, _ environment: [String: String]
    ) async throws -> Outcome {
        // A file and not a pipe: a program may end without reading its input.
        let folder = try TemporaryDirectory()
        let file = try FileDescriptor.open(FilePath(try folder.file("input", input)), .readOnly, options: .closeOnExec)
        var variables = environment.reduce(into: [Environment.Key: String?]()) { variables, variable in
            variables[Environment.Key(stringLiteral: variable.key)] = variable.value
        }
        variables["OPENBLAS_NUM_THREADS"] = "1"
        let record = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .inherit.updating(variables),
            workingDirectory: FilePath(repository.path), input: .fileDescriptor(file, closeAfterSpawningProcess: true),
            output: .string(limit: mostBytes),
            error: .string(limit: mostBytes))
        let code: Int32 =
            switch record.terminationStatus {
            case .exited(let code), .signaled(let code): code
            }
        return Outcome(code: code, output: record.standardOutput, error: record.standardError)
    }
}
