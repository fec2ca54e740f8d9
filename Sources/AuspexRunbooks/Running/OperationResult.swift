package import AuspexSignals

/// How an operation ended.
package struct OperationResult: Hashable, Sendable, Codable {
    /// What it means for the step.
    package enum Outcome: String, Hashable, Sendable, Codable {
        /// It ended as expected.
        case succeeded
        /// It ended otherwise, or never began. Whether it had an effect is known to be "no more than what it reports".
        case failed
        /// It was ended because its time was over.
        case timedOut
        /// It was ended because the run was cancelled or its deadline passed.
        case cancelled
        /// Nobody knows whether it happened.
        case unknown
    }

    /// What it means for the step.
    package var outcome: Outcome
    /// Why, for people; empty for success.
    package var reason: String
    /// A short name for the kind of failure, for a waiter's `error` acceptors: `NonZeroExit`, `ConnectionRefused`…
    package var errorCode: String?
    /// The exit code or HTTP status.
    package var status: Int?
    /// Standard output, or the response's body.
    package var output: CapturedText
    /// Standard error.
    package var errorOutput: CapturedText
    /// Whether it is known that the other side got nothing of it: no request was sent. Nil for not, and in results of older
    /// engines.
    package var isUnsent: Bool?

    /// Creates a result.
    package init(
        outcome: Outcome, reason: String = "", errorCode: String? = nil, status: Int? = nil,
        output: CapturedText = CapturedText(), errorOutput: CapturedText = CapturedText(), isUnsent: Bool? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.errorCode = errorCode
        self.status = status
        self.output = output
        self.errorOutput = errorOutput
        self.isUnsent = isUnsent
    }

    /// The code of what a person has left out.
    private static let leftOutCode = "LeftOut"
    /// The codes of what never began: refused at the gate, without its secret, without a process, or left out. No program
    /// and no host has a say in them.
    private static let notBegunCodes: Set<String> = ["NotBegun", "NotStarted", "SecretNotAvailable", leftOutCode]

    /// An operation that was kept from beginning, because its run is being stopped.
    package static func notBegun(_ reason: String) -> OperationResult {
        OperationResult(outcome: .cancelled, reason: "not begun: \(reason)", errorCode: "NotBegun")
    }

    /// An operation that a person has left out just before it would have begun; its run goes on.
    package static func leftOut(_ reason: String) -> OperationResult {
        OperationResult(outcome: .cancelled, reason: reason, errorCode: leftOutCode)
    }

    /// Whether a person has left it out.
    var isLeftOut: Bool { outcome == .cancelled && errorCode == Self.leftOutCode }

    /// Whether it is known that nothing was done.
    var neverBegan: Bool {
        switch outcome {
        case .failed, .cancelled: isUnsent == true || errorCode.map(Self.notBegunCodes.contains) ?? false
        case .timedOut: isUnsent == true
        case .succeeded, .unknown: false
        }
    }

    /// What waiters and probes see of it. A body that is no JSON, or was cut, is seen as text.
    package var response: Waiter.Response {
        Waiter.Response(body: json ?? .string(output.trimmed), status: status.map(Int64.init), errorCode: errorCode)
    }

    /// The output as JSON, when it is whole and is JSON.
    package var json: JSONValue? {
        output.droppedBytes == 0 ? try? JSONValue(parsing: output.head) : nil
    }

    /// The result with at most `limit` bytes at either end of its outputs, and without `secrets`.
    func excerpt(limit: Int, mask: SecretMask) -> OperationResult {
        var excerpt = mask.masked(self)
        excerpt.output = excerpt.output.excerpt(limit: limit)
        excerpt.errorOutput = excerpt.errorOutput.excerpt(limit: limit)
        return excerpt
    }
}

/// The beginning and the end of an output, and how much between them was dropped.
package struct CapturedText: Hashable, Sendable, Codable {
    /// The beginning.
    package var head: String
    /// The end, where something was dropped before it; else empty.
    package var tail: String
    /// Bytes dropped between the two.
    package var droppedBytes: Int

    /// Creates a captured text.
    package init(head: String = "", tail: String = "", droppedBytes: Int = 0) {
        self.head = head
        self.tail = tail
        self.droppedBytes = droppedBytes
    }

    /// The whole text, the gap marked.
    package var text: String { droppedBytes == 0 ? head + tail : "\(head)\n[… \(droppedBytes) bytes …]\n\(tail)" }

    /// The text without blanks and line ends around it.
    var trimmed: String {
        let text = text
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }

    /// At most `limit` bytes of either end.
    func excerpt(limit: Int) -> CapturedText {
        let whole = Array((head + tail).utf8)
        guard whole.count > 2 * limit else { return self }
        return CapturedText(
            head: String(decoding: whole.prefix(limit), as: UTF8.self),
            tail: String(decoding: whole.suffix(limit), as: UTF8.self),
            droppedBytes: droppedBytes + whole.count - 2 * limit)
    }
}
