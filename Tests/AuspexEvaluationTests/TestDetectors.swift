import AuspexDetection
import AuspexSignals
import Synchronization

/// Detectors of which a test knows the answer.
enum TestDetectors {
    /// The standard ones and those below.
    static func registry() throws -> DetectorRegistry {
        var registry = DetectorRegistry.standard
        try registry.register(batch: SizeDetector.self)
        try registry.register(batch: RefusingDetector.self)
        try registry.register(batch: ForgetfulDetector.self)
        try registry.register(batch: CountingDetector.self)
        return registry
    }

    fileprivate static func descriptor(_ name: String) -> DetectorDescriptor {
        DetectorDescriptor(
            name: name, summary: "For tests.", kind: .batch, family: "test", cost: "O(n)", memory: "O(n)",
            source: "none",
            minimumHistory: "none")
    }
}

/// Scores a row by the size of its first value; expects 0 ± 1, but nothing of a missing value.
struct SizeDetector: BatchDetector, DetectorModel {
    static let descriptor = TestDetectors.descriptor("size")

    init(parameters: ParameterValues) {}

    func fit(_ table: Table, training: Range<Int>?) -> any DetectorModel { self }

    func scores(_ table: Table) -> DetectorOutput {
        let values = table.column(0)
        let expectations = values.map { $0.isNaN ? nil : Expectation(value: 0, lower: -1, upper: 1) }
        return DetectorOutput(
            scores: values.map { $0.isNaN ? 0 : $0.magnitude }, expectations: expectations, notes: ["a note <b>"])
    }
}

/// Refuses every table.
struct RefusingDetector: BatchDetector {
    static let descriptor = TestDetectors.descriptor("refusing")

    init(parameters: ParameterValues) {}

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        throw .tooLarge(detector: "refusing", reason: "it never fits")
    }
}

/// Gives one score too few.
struct ForgetfulDetector: BatchDetector, DetectorModel {
    static let descriptor = TestDetectors.descriptor("forgetful")

    init(parameters: ParameterValues) {}

    func fit(_ table: Table, training: Range<Int>?) -> any DetectorModel { self }

    func scores(_ table: Table) -> DetectorOutput {
        DetectorOutput(scores: Array(repeating: 1, count: max(0, table.rows - 1)))
    }
}

/// Counts how often it is fitted, and scores as ``SizeDetector`` does. For one test alone.
struct CountingDetector: BatchDetector {
    static let descriptor = TestDetectors.descriptor("counting")
    static let fits = Mutex(0)

    private let size: SizeDetector

    init(parameters: ParameterValues) { size = SizeDetector(parameters: parameters) }

    func fit(_ table: Table, training: Range<Int>?) -> any DetectorModel {
        Self.fits.withLock { $0 += 1 }
        return size
    }
}
