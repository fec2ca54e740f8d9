/// What one evaluation may use. Beyond a limit it ends with ``CELError/Kind/costExceeded``.
package struct CELLimits: Sendable, Hashable {
    /// Parts of the expression evaluated, counted each time; comparing or converting nested values counts every element.
    package var steps: Int
    /// Rounds of `all`, `exists`, `map`, `filter` and their like, inner ones included.
    package var iterations: Int
    /// Bytes of texts and lists that operators and functions read or make; matching a pattern counts a byte once for every
    /// few instructions of the pattern.
    package var bytes: Int

    /// Creates limits. The defaults let a condition over a large event through and end a runaway one in well under a second:
    /// about 50 ns a step, 30 ns a byte at worst.
    package init(steps: Int = 1_000_000, iterations: Int = 100_000, bytes: Int = 16 << 20) {
        self.steps = steps
        self.iterations = iterations
        self.bytes = bytes
    }

    /// The limits for an ordinary rule.
    package static let standard = CELLimits()
}

/// What is left of an evaluation's limits.
struct CELBudget {
    private let limits: CELLimits
    private var steps: Int
    private var iterations: Int
    private var bytes: Int

    init(_ limits: CELLimits) {
        self.limits = limits
        steps = limits.steps
        iterations = limits.iterations
        bytes = limits.bytes
    }

    /// Rounds between two looks at whether the task was cancelled.
    private static let roundsBetweenChecks = 256

    @inline(__always)
    mutating func takeStep() throws(CELError) {
        steps &-= 1
        if steps < 0 { throw exceeded("steps", limits.steps) }
    }

    mutating func takeIteration() throws(CELError) {
        iterations &-= 1
        if iterations < 0 { throw exceeded("iterations", limits.iterations) }
        if iterations % Self.roundsBetweenChecks == 0, Task.isCancelled {
            throw CELError(.cancelled, "the evaluation was cancelled")
        }
    }

    /// Takes `count` bytes. `count` is not negative.
    mutating func take(bytes count: Int) throws(CELError) {
        bytes = count > bytes ? -1 : bytes - count
        if bytes < 0 { throw exceeded("bytes", limits.bytes) }
    }

    /// Takes what `count` elements of a list occupy.
    mutating func take(elements count: Int) throws(CELError) {
        try take(bytes: count, times: MemoryLayout<CELValue>.stride)
    }

    /// Takes the product of two sizes.
    mutating func take(bytes count: Int, times factor: Int) throws(CELError) {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        try take(bytes: overflow ? .max : product)
    }

    /// Takes what reading `value` costs: its length if it is text, bytes or a list.
    @inline(__always)
    mutating func takeSize(of value: CELValue) throws(CELError) {
        switch value {
        case .string(let text): try take(bytes: text.utf8.count)
        case .bytes(let bytes): try take(bytes: bytes.count)
        default: break
        }
    }

    /// Takes a step for every value inside `value`. Lists that share their elements can stand for more values than fit any
    /// memory, so whoever walks one pays for each.
    mutating func takeSteps(ofAllIn value: CELValue) throws(CELError) {
        try takeStep()
        switch value {
        case .list(let elements): for element in elements { try takeSteps(ofAllIn: element) }
        case .map(let map): for entry in map.entries { try takeSteps(ofAllIn: entry.value) }
        case .optional(let wrapped?): try takeSteps(ofAllIn: wrapped)
        default: break
        }
    }

    private func exceeded(_ what: String, _ limit: Int) -> CELError {
        CELError(.costExceeded, "the evaluation needs more than the \(limit) \(what) that it may use")
    }
}
