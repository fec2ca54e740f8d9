import AuspexRunbooks
import Foundation

/// What the helper is asked for, in the file `order.json`. The helper reads the same names (`Order` in AuspexExec).
struct ExecOrder: Encodable {
    var argv: [String]
    var directory: String
    var environment: [String: String]
    var input: String?
    var timeoutMilliseconds: Int64
    var graceMilliseconds: Int64
    var outlivesEngine: Bool
    var keptBytes: Int
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
    enum End: String, Decodable { case exited, signalled, timedOut, stopped, orphaned, notStarted }

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
            result.reason = "ended by signal \(signal ?? 0)" + lastLine
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
        case .notStarted:
            result.errorCode = "NotStarted"
            result.reason = reason ?? "not started"
        }
        return result
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
