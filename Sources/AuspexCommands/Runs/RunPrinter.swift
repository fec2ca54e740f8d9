import AuspexRunbooks
import AuspexSignals

/// Tells of a run while it is under way, and of how it ended.
struct RunPrinter {
    /// For whom.
    enum Form {
        /// People: what happens goes to standard error, how the run stands at the end to standard output.
        case table
        /// Programs that want the end alone: the run as JSON.
        case json
        /// Programs that follow: a line of JSON for each thing that happens.
        case lines
    }

    let form: Form
    private var progress = RunProgress()

    init(_ form: Form) {
        self.form = form
    }

    /// Tells what is new.
    mutating func show(_ record: RunRecord) {
        show(progress.changes(in: record))
    }

    /// Tells these things.
    func show(_ changes: [RunChange]) {
        for change in changes {
            switch form {
            case .table: Terminal.note(change.text)
            case .json: break
            case .lines: Terminal.print(change.line)
            }
        }
    }

    /// Tells how it stands at the end, or when nobody waits any longer.
    ///
    /// - Parameter directory: The directory of its journal, when no server has it.
    func finish(_ record: RunRecord, in directory: String? = nil) throws {
        switch form {
        case .table: Terminal.print(record.text(in: directory))
        case .json: Terminal.print(try json(record))
        case .lines: break
        }
    }
}

extension RunChange {
    /// The change in a line for people.
    var text: String {
        if kind == .stepOutput { return printed }
        let reason = data["reason"]?.string.map { ": \($0)" } ?? ""
        let words: String =
            switch kind {
            case .status, .ended: "run \(run): \(data["status"]?.string ?? "")\(reason)"
            case .question: "asked: \(data["question"]?.string ?? "")"
            case .stepBegan: "\(step ?? ""): begins" + attempt
            case .stepPolled: "\(step ?? ""): poll \(data["poll"]?.int ?? 0)"
            case .stepOutput: ""
            case .stepState, .stepEnded: "\(step ?? ""): \(data["state"]?.string ?? "")\(reason)"
            }
        return PlainText.line("\(time.iso8601) \(words)")
    }

    /// What a step has printed, each line behind the step's path.
    private var printed: String {
        var text = data["text"]?.string ?? ""
        if text.last?.isNewline ?? false { text.removeLast() }
        return PlainText.lines(text).map { "\(PlainText.line(step ?? "")) | \($0)" }.joined(separator: "\n")
    }

    private var attempt: String {
        guard let number = data["attempt"]?.int, number > 1 else { return "" }
        return ", attempt \(number)"
    }
}

extension RunRecord {
    /// What a command that waits for the run ends with: 0 it is verified, 1 it has failed or was stopped, 3 it needs a
    /// person. A run that is under way, or only recorded, is no failure.
    var exitCode: Int32 {
        switch status {
        case .verified, .planned, .running, .verifying: 0
        case .failed, .cancelled: Failure.Code.found.rawValue
        case .awaitingApproval, .needsDecision: Failure.Code.input.rawValue
        }
    }
}
