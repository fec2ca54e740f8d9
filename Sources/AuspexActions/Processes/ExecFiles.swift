import AuspexRunbooks
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the helper is asked for, in the file `order.json`. The helper reads the same names (`Order` in AuspexExec).
struct ExecOrder: Encodable {
    var argv: [String]
    var program: TrustedFile.Identity
    var user: String?
    var limits: ExecLimits
    var directory: String
    var environment: [String: String]
    var input: String?
    var timeoutMilliseconds: Int64
    var graceMilliseconds: Int64
    var outlivesEngine: Bool
    var keptBytes: Int
    var spooledBytes: Int
}

/// What a command may use, as the helper reads it (`Order.Limits` in AuspexExec).
struct ExecLimits: Encodable {
    var memory: Int64?
    var processes: Int64?
    var openFiles: Int64?
    var fileSize: Int64?
    var cpuSeconds: Int64?

    init(_ limits: ProcessLimits) {
        memory = limits.memory
        processes = limits.processes
        openFiles = limits.openFiles
        fileSize = limits.fileSize
        cpuSeconds = limits.cpu.map { span in
            let (seconds, rest) = span.milliseconds.quotientAndRemainder(dividingBy: 1_000)
            return max(1, seconds + (rest > 0 ? 1 : 0))
        }
    }
}

/// Who took an operation, in the file `claim`: a helper, or an engine that wants nobody to begin it any more.
struct ExecClaim: Codable {
    var pid: Int32?
    var startTicks: UInt64?
    var bootID: String?
    /// Whether an engine took it so that no helper can.
    var isRevoked: Bool?

    /// The helper's process; nil for a claim by which an engine revoked the operation.
    var process: ProcessIdentity? {
        guard isRevoked != true, let pid, let startTicks, let bootID else { return nil }
        return ProcessIdentity(pid: pid, startTicks: startTicks, bootID: bootID)
    }
}

/// How a command went, in the file `status.json`. The helper writes the same names (`Status` in AuspexExec).
struct ExecStatus: Decodable {
    enum End: String, Decodable { case exited, signalled, timedOut, stopped, orphaned, overLimit, notStarted }

    var end: End
    var code: Int32?
    var signal: Int32?
    var reason: String?
    var survivors: [Int32]
    var output: CapturedText
    var errorOutput: CapturedText

    /// What it means for the step, for a command that expects these exit codes.
    func result(expecting exits: [Int32], timeout: String) -> OperationResult {
        var result = OperationResult(outcome: .failed, output: output, errorOutput: errorOutput)
        result.status = code.map(Int.init)
        switch end {
        case .exited:
            if let code, exits.contains(code) {
                result.outcome = .succeeded
            } else {
                result.errorCode = "NonZeroExit"
                result.reason = "exit \(code ?? -1)" + lastLine
            }
        case .signalled:
            result.errorCode = "Signal"
            result.reason = "ended by signal \(signal ?? 0)\(Self.meaning(of: signal))" + lastLine
        case .timedOut:
            result.outcome = .timedOut
            result.errorCode = "Timeout"
            result.reason = "not over after \(timeout), and ended" + left
        case .stopped:
            result.outcome = .cancelled
            result.errorCode = "Stopped"
            result.reason = "ended, because the run was stopped" + left
        case .orphaned:
            result.outcome = .unknown
            result.errorCode = "Orphaned"
            result.reason = "ended, because the engine was gone" + left
        case .overLimit:
            result.errorCode = "OverLimit"
            result.reason = "had more processes than its limit, and was ended" + left
        case .notStarted:
            result.errorCode = "NotStarted"
            result.reason = reason ?? "not started"
        }
        return result
    }

    /// What signals mean that the kernel sends when a limit is reached.
    private static func meaning(of signal: Int32?) -> String {
        switch signal {
        case SIGXCPU: ", its processor time was over"
        case SIGXFSZ: ", a file was to become larger than it may"
        default: ""
        }
    }

    private var left: String {
        survivors.isEmpty
            ? "" : "; these processes could not be ended: \(survivors.map(String.init).joined(separator: " "))"
    }

    /// The last line of what the command said about its failure.
    private var lastLine: String {
        let text = errorOutput.tail.isEmpty ? errorOutput.head : errorOutput.tail
        /// Characters of a command's complaint that fit a reason.
        let longest = 200
        guard let line = text.split(whereSeparator: \.isNewline).last else { return "" }
        // The mark tells whoever masks the reason that a secret may have been cut.
        return ": " + (line.count > longest ? line.prefix(longest) + "…" : line)
    }
}
