import AuspexRunbooks
import AuspexSignals

/// Makes files for a bundle of what was collected: redacted, within the bytes that the bundle may have.
struct EvidencePacker: Sendable {
    private let redactor: Redactor
    private let mask: SecretMask
    /// The commands and files that there are to collect.
    let count: Int
    /// What is packed so far.
    private(set) var files: [EvidenceBundles.File] = []
    /// What could not be collected, and why; secrets masked.
    private(set) var failures: [String] = []
    private var bytesLeft: Int
    private var partsLeft: Int

    /// Begins a bundle.
    ///
    /// - Parameters:
    ///   - redactor: Who masks what looks like a secret.
    ///   - mask: Hides what the run knows to be secret, before the redactor looks at what is left.
    ///   - bytes: Most bytes of all files.
    ///   - parts: How many commands and files there are to collect.
    init(redactor: Redactor, mask: SecretMask, bytes: Int, parts: Int) {
        self.redactor = redactor
        self.mask = mask
        (bytesLeft, partsLeft, count) = (bytes, parts, parts)
    }

    /// The bytes that the next part may have: what those before it left over is shared by all that follow.
    var share: Int { bytesLeft / max(1, partsLeft) }

    /// The text without secrets.
    func shown(_ text: String) -> String { redactor.redacted(mask.masked(text)) }

    // MARK: - Commands

    /// Adds what came of a command. One that failed has often said the most.
    mutating func add(_ command: Command, _ result: OperationResult) {
        let what = name(of: command)
        let result = mask.masked(result)
        // The result's own reason repeats the last line of its output.
        let isOver = result.outcome == .succeeded || result.errorCode == "NonZeroExit"
        let problem = result.outcome == .succeeded ? nil : redactor.redacted(result.reason)
        let program = command.argv.first?.split(separator: "/").last.map(String.init) ?? ""
        let share = share
        let errors = text(result.errorOutput, limit: share / 4)
        let output = text(result.output, limit: share - errors.bytes.count)
        append(
            EvidenceManifest.Part(
                source: .output, what: what, exit: result.status, bytes: 0, cut: output.cut, problem: problem),
            named: program + ".out", output.bytes)
        if !errors.bytes.isEmpty || errors.cut > 0 {
            append(
                EvidenceManifest.Part(source: .errorOutput, what: what, exit: result.status, bytes: 0, cut: errors.cut),
                named: program + ".err", errors.bytes)
        }
        // What a command says when it exits with another code is collected as well as anything.
        if !isOver, output.bytes.isEmpty, errors.bytes.isEmpty { failures.append("\(what): \(problem ?? "")") }
        partsLeft -= 1
    }

    /// Notes a command that there was no time for.
    mutating func leaveOut(_ command: Command) {
        leaveOut(EvidenceManifest.Part(source: .output, what: name(of: command), bytes: 0, cut: 0))
    }

    private func name(of command: Command) -> String {
        shown(JSONValue.array(command.argv.map(JSONValue.string)).canonicalText)
    }

    /// A captured output within `limit` bytes, as many of its beginning as of its end.
    private func text(_ output: CapturedText, limit: Int) -> (bytes: [UInt8], cut: Int64) {
        let (head, tail) = (Array(output.head.utf8), Array(output.tail.utf8))
        let dropped = Int64(output.droppedBytes)
        if dropped == 0 { return joined(head + tail, limit: limit) }
        let half = limit / 2
        let surplus = max(0, head.count - half) + max(0, tail.count - half)
        return joined(head: head.prefix(half), tail: tail.suffix(half), dropped: dropped + Int64(surplus))
    }

    // MARK: - Files

    /// Adds what was read of a file, or why it was not.
    mutating func add(_ path: String, _ contents: Result<AllowedFiles.Contents, AllowedFiles.Refusal>) {
        var part = EvidenceManifest.Part(source: .file, what: shown(path), bytes: 0, cut: 0)
        defer { partsLeft -= 1 }
        switch contents {
        case .failure(let refusal):
            part.problem = refusal.description
            failures.append("\(part.what): \(refusal)")
            files.append(EvidenceBundles.File(part: part, bytes: []))
        case .success(let contents):
            let text =
                contents.dropped == 0
                ? joined(contents.head, limit: share)
                : joined(head: contents.head[...], tail: contents.tail[...], dropped: contents.dropped)
            part.cut = text.cut
            append(part, named: path.split(separator: "/").last.map(String.init) ?? "", text.bytes)
        }
    }

    /// Notes a file that there was no time for.
    mutating func leaveOut(_ path: String) {
        leaveOut(EvidenceManifest.Part(source: .file, what: shown(path), bytes: 0, cut: 0))
    }

    // MARK: - Parts

    private mutating func leaveOut(_ part: EvidenceManifest.Part) {
        var part = part
        part.problem = "there was no time left"
        failures.append("\(part.what): there was no time left")
        files.append(EvidenceBundles.File(part: part, bytes: []))
        partsLeft -= 1
    }

    private mutating func append(_ part: EvidenceManifest.Part, named name: String, _ bytes: [UInt8]) {
        var part = part
        let number = files.count + 1
        part.file = EvidenceBundles.name(of: (number < 10 ? "0" : "") + "\(number)-" + shown(name))
        part.bytes = bytes.count
        part.sha256 = EvidenceBundles.digest(of: bytes)
        files.append(EvidenceBundles.File(part: part, bytes: bytes))
        bytesLeft = max(0, bytesLeft - bytes.count)
    }

    private func joined(_ whole: [UInt8], limit: Int) -> (bytes: [UInt8], cut: Int64) {
        let bytes = redactor.redacted(mask.masked(whole))
        guard bytes.count > limit else { return (bytes, 0) }
        // Cut after masking, so that no name is parted from its secret.
        let half = limit / 2
        return (bytes.prefix(half) + gap(bytes.count - 2 * half) + bytes.suffix(half), Int64(bytes.count - 2 * half))
    }

    private func joined(
        head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>, dropped: Int64
    ) -> (bytes: [UInt8], cut: Int64) {
        let masked = mask.masked(head: Array(head), tail: Array(tail))
        let shown = redactor.redacted(head: masked.head, tail: masked.tail)
        let cut = dropped + Int64(masked.dropped + shown.dropped)
        return (shown.head + gap(Int(clamping: cut)) + shown.tail, cut)
    }

    private func gap(_ bytes: Int) -> [UInt8] { Array("\n[… \(bytes) bytes …]\n".utf8) }
}
