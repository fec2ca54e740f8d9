import AuspexSignals

/// The default of streams: whether a value, a level or the way that a series goes has ever been seen.
struct OnlineAuto: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "auto",
        summary: "The default of streams: has a value, a level or the way that the series goes been seen before?",
        kind: .streaming, family: "ensemble",
        parameters: [
            .choice(
                "profile", default: "full", of: ["full", "light"],
                meaning: "light knows values and levels alone, in a seventh of the memory")
        ],
        cost: "O(1) a sample, about 10,000 flops, most of them in wide registers; light 1,000",
        memory: "10 KiB a series; light 1.5 KiB",
        source: "support sketch, ranks and tails, nearest earlier stretch by lags: our own; "
            + "harmonic mean p-value: Wilson 2019",
        minimumHistory: "50 samples, and 200 for the calibration")

    private var block: OnlineBlock

    init(parameters: ParameterValues) throws(DetectorError) {
        block = OnlineBlock(try parameters.choice("profile") == "light" ? .light : .full)
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading { block.update(time: time, value: value) }

    func snapshot() -> [UInt8] { block.snapshot() }

    init(restoring bytes: [UInt8]) throws(DetectorError) { block = try OnlineBlock(restoring: bytes) }
}
