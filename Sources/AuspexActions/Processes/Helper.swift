import AuspexRunbooks
import AuspexSignals
import Foundation
import Subprocess
import SystemPackage

/// One run of `auspex-exec`.
struct Helper {
    /// What ``run(_:)`` says of a helper that was waited for in vain.
    static let overdue = "overdue"

    let path: String
    let spool: String
    /// The longest that it is waited for.
    let patience: TimeSpan

    /// What the helper's standard input says to it.
    private enum Word {
        /// Any byte: end the command.
        case stop
        /// The end of the input: the engine is gone.
        case leave
    }

    /// Longest complaint of a helper that is read.
    private static let longestComplaint = 4_096

    /// Runs the helper until it is over, or until the task is cancelled: then it is left alone, told that the engine is
    /// gone, and decides by the operation's effect.
    ///
    /// - Returns: Why it did not run; nil when it did.
    func run(_ control: OperationControl) async -> String? {
        let (words, speaker) = AsyncStream<Word>.makeStream(bufferingPolicy: .bufferingOldest(2))
        let (results, result) = AsyncStream<String?>.makeStream(bufferingPolicy: .bufferingOldest(1))
        // Not a child of this task: a cancelled child would kill the helper, and with it all knowledge of the command.
        Task {
            result.yield(await supervise(words, control))
            result.finish()
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in control.stops { speaker.yield(.stop) }
            }
            group.addTask {
                if (try? await Task.sleep(for: .milliseconds(patience.milliseconds))) != nil {
                    result.yield(Self.overdue)
                }
            }
            defer { group.cancelAll() }
            for await problem in results {
                // Whoever is waited for no longer is told so: what may be repeated must not go on beside its repetition.
                if problem == Self.overdue { speaker.yield(.leave) }
                return problem
            }
            speaker.yield(.leave)
            return "cancelled"
        }
    }

    private func supervise(
        _ words: AsyncStream<Word>, _ control: OperationControl
    ) async -> String? {
        // Only what finding the libraries needs: the engine's environment may hold secrets.
        let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        let configuration = Configuration(
            executable: .path(FilePath(path)), arguments: Arguments([spool]),
            environment: .custom(libraries.map { ["LD_LIBRARY_PATH": $0] } ?? [:]), workingDirectory: "/")
        do {
            let outcome = try await Subprocess.run(
                configuration, input: .inputWriter, output: .sequence,
                error: .string(limit: Self.longestComplaint)
            ) { execution in
                if let process = ProcessIdentity(pid: execution.processIdentifier.value) { control.started(process) }
                await withTaskGroup(of: Void.self) { group in
                    let writer = execution.standardInputWriter
                    group.addTask {
                        for await word in words {
                            switch word {
                            case .stop: _ = try? await writer.write([UInt8(ascii: "s")])
                            case .leave: try? await writer.finish()
                            }
                        }
                    }
                    // The helper writes one byte, when the command first does. Its output's end is the helper's.
                    do { for try await _ in execution.standardOutput { control.spoke() } } catch {}
                    group.cancelAll()
                }
            }
            guard case .exited(let code) = outcome.terminationStatus, code == 0 else {
                return "auspex-exec: \(outcome.terminationStatus): \(outcome.standardError)"
            }
            return nil
        } catch {
            return "auspex-exec cannot be run from \(path): \(error)"
        }
    }
}
