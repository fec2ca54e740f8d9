import AuspexSignals

/// A streaming detector that is a ``ShiftTracker`` with parameters of its own.
protocol ShiftDetector: StreamingDetector {
    var tracker: ShiftTracker { get set }

    init(tracker: ShiftTracker)
}

extension ShiftDetector {
    mutating func update(time: Timestamp, value: Double) -> RawReading {
        tracker.update(value)
    }

    func snapshot() -> [UInt8] {
        tracker.snapshot(of: Self.descriptor.name)
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        self.init(tracker: try ShiftTracker(restoring: bytes, of: Self.descriptor.name))
    }
}
