import AuspexSignals
import Subprocess
import SystemPackage

/// A program that prints a secret, such as the client of a password store.
struct SecretCommand: Sendable {
    /// Its absolute path, then its arguments.
    let argv: [String]
    /// The longest that it may take; then its whole process group is killed.
    let timeout: TimeSpan

    /// The program's whole environment: what every command gets, and nothing of the engine's own.
    private static let environment: [Environment.Key: String] = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
    ]

    /// What the program prints, if that is at most `most` bytes and it ends with 0. Nothing of it, nor of its complaints,
    /// is part of an error.
    func output(most: Int) async throws(UnreadableSecret) -> [UInt8] {
        guard let name = argv.first else { throw UnreadableSecret(reason: "there is no program to ask") }
        let program: String
        do throws(ExecutableError) {
            program = try ProcessConfiguration(helper: "", spool: "", executables: [name]).executable(name).path
        } catch {
            throw UnreadableSecret(reason: error.description)
        }
        let (answers, answer) = AsyncStream<Result<[UInt8], UnreadableSecret>>.makeStream()
        // Not a child of this task: a descendant of the program that escapes may hold its output open for ever, and then
        // nobody waits for it.
        let asking = Task { answer.yield(await ask(program, most)) }
        let result = await withTaskGroup(of: Result<[UInt8], UnreadableSecret>?.self) { group in
            group.addTask {
                for await result in answers { return result }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(timeout.milliseconds))
                return nil
            }
            defer {
                asking.cancel()
                group.cancelAll()
            }
            return await group.next() ?? nil
        }
        guard let result else { throw UnreadableSecret(reason: "\(program) has not answered within \(timeout)") }
        return try result.get()
    }

    private func ask(_ program: String, _ most: Int) async -> Result<[UInt8], UnreadableSecret> {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let configuration = Configuration(
            executable: .path(FilePath(program)), arguments: Arguments(Array(argv.dropFirst())),
            environment: .custom(Self.environment), workingDirectory: "/", platformOptions: options)
        do {
            let outcome = try await Subprocess.run(
                configuration, input: .none, output: .bytes(limit: most), error: .discarded)
            guard case .exited(let code) = outcome.terminationStatus, code == 0 else {
                return .failure(UnreadableSecret(reason: "\(program) ended with \(outcome.terminationStatus)"))
            }
            return .success(outcome.standardOutput)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(UnreadableSecret(reason: "\(program) printed more than \(most) bytes"))
        } catch {
            return .failure(UnreadableSecret(reason: "\(program) cannot be run: \(error)"))
        }
    }
}
