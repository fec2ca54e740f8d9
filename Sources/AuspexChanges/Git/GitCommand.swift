import Foundation
import Subprocess
import SystemPackage

/// What git may cost.
package struct GitLimits: Hashable, Sendable {
    /// How long one command may take.
    package var timeout: Duration
    /// How many bytes the history may have as git writes it; it is read as it comes and never held.
    package var historyBytes: Int

    /// Creates limits. The Linux kernel's whole main line (some 90,000 merges) is about a gigabyte.
    package init(timeout: Duration = .seconds(600), historyBytes: Int = 4 << 30) {
        self.timeout = timeout
        self.historyBytes = historyBytes
    }
}

/// Takes a command's output piece by piece.
protocol GitOutput: Sendable {
    /// Takes the next piece.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(GitError)
}

/// Runs git with an argument vector, in a clean environment, with limits.
///
/// Nothing of the caller's environment gets through but the search path and the home directory (where the user's
/// `safe.directory` and `.mailmap` settings live): a `GIT_DIR` set by a hook would point at another repository, and a
/// pager, an askpass or a prompt would hang.
struct GitCommand: Sendable {
    let directory: String
    let environment: [String: String]
    let limits: GitLimits

    /// Answers of single values, and whatever git has to complain about.
    private static let shortOutput = 1 << 20

    /// Settings that neither the user's configuration nor that of the repository may change, because they change what is
    /// written or counted, or run programs. The numbers are git's own.
    private static let settings = [
        "core.quotepath=off", "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.attributesFile=/dev/null",
        "core.bigFileThreshold=512m", "log.showSignature=false", "log.showRoot=true", "log.diffMerges=separate",
        "diff.algorithm=myers", "diff.external=", "diff.indentHeuristic=true", "diff.interHunkContext=0",
        "diff.renameLimit=1000", "i18n.logOutputEncoding=UTF-8", "color.ui=false",
    ]

    /// What a finished command left behind.
    struct Answer: Sendable {
        var exitCode: Int32?
        var output: String
        var message: String
        var status: String
    }

    /// Runs a command whose answer is short. A non-zero exit is an answer too.
    func run(_ arguments: [String]) async throws(GitError) -> Answer {
        let (collected, answer) = try await stream(
            arguments, into: Collected(command: arguments.first ?? "", limit: Self.shortOutput))
        var whole = answer
        whole.output = String(decoding: collected.bytes, as: UTF8.self)
        return whole
    }

    /// Runs a command and hands its output on as it comes.
    func stream<Output: GitOutput>(
        _ arguments: [String], into output: Output
    ) async throws(GitError) -> (Output, Answer) {
        let command = arguments.first ?? ""
        let timeout = limits.timeout
        do {
            return try await withThrowingTaskGroup(of: (Output, Answer)?.self) { group in
                group.addTask { try await execute(arguments, into: output) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                // Whichever comes first; leaving the group cancels the other, which ends git.
                defer { group.cancelAll() }
                guard let finished = try await group.next(), let result = finished else {
                    throw GitError.timedOut(command: command, seconds: timeout / .seconds(1))
                }
                return result
            }
        } catch let error as GitError {
            throw error
        } catch let error as SubprocessError {
            throw translated(error, command)
        } catch {
            throw .failed(command: command, status: "not run", message: "\(error)")
        }
    }

    private func execute<Output: GitOutput>(
        _ arguments: [String], into output: Output
    ) async throws -> (Output, Answer) {
        var collected = output
        let result = try await Subprocess.run(
            Self.executable(on: environment["PATH"]), arguments: Arguments(argumentVector(arguments)),
            environment: .custom(cleanEnvironment),
            input: .none, output: .sequence, error: .bytes(limit: Self.shortOutput)
        ) { execution in
            for try await buffer in execution.standardOutput {
                try buffer.withUnsafeBytes { try collected.consume($0) }
            }
        }
        let code: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
        return (
            collected,
            Answer(
                exitCode: code, output: "", message: String(decoding: result.standardError, as: UTF8.self),
                status: result.terminationStatus.description)
        )
    }

    /// Git as the search path has it. Looked up here, because a name is tried in every directory by a process of its own.
    private static func executable(on path: String?) -> Executable {
        let places = (path ?? "").split(separator: ":").map { "\($0)/git" }
        let place = places.first { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) }
        return place.map { .path(FilePath($0)) } ?? .name("git")
    }

    private func argumentVector(_ arguments: [String]) -> [String] {
        ["--no-pager", "-C", directory] + Self.settings.flatMap { ["-c", $0] } + arguments
    }

    private var cleanEnvironment: [Environment.Key: String] {
        var clean: [Environment.Key: String] = [
            "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
        ]
        if let path = environment["PATH"] { clean["PATH"] = path }
        if let home = environment["HOME"] { clean["HOME"] = home }
        return clean
    }

    private func translated(_ error: SubprocessError, _ command: String) -> GitError {
        switch error.code {
        case .executableNotFound: .gitNotFound
        case .outputLimitExceeded: .outputTooLarge(command: command, limit: Self.shortOutput)
        default: .failed(command: command, status: "not run", message: "\(error)")
        }
    }

    /// Keeps a short output.
    private struct Collected: GitOutput {
        let command: String
        let limit: Int
        var bytes: [UInt8] = []

        mutating func consume(_ piece: UnsafeRawBufferPointer) throws(GitError) {
            guard bytes.count + piece.count <= limit else { throw .outputTooLarge(command: command, limit: limit) }
            bytes.append(contentsOf: piece)
        }
    }
}
