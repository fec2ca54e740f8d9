import AuspexDetection
import AuspexSignals

extension DetectorConformance {
    func streamFailures(_ detector: any BatchDetector) -> [String] {
        ConformanceTable.all.filter { $0.columns.count == 1 }.flatMap { example -> [String] in
            do {
                let values = example.columns[0]
                let times = values.indices.map { Timestamp(milliseconds: 1_700_000_000_000 + Int64($0) * 60_000) }
                var failures = try equalityFailures(detector, values, times, name: example.name)
                failures += try snapshotFailures(values, times, name: example.name)
                failures += try calibrationFailures(values, times, name: example.name)
                return failures
            } catch {
                return ["\(example.name): the stream throws \(error)"]
            }
        } + damageFailures()
    }

    /// The stream's raw scores must be those of the table, to the last bit.
    private func equalityFailures(
        _ detector: any BatchDetector, _ values: [Double], _ times: [Timestamp], name: String
    ) throws(DetectorError) -> [String] {
        let table = try Table(columns: [values], times: times)
        let output = try detector.fit(table, training: nil).scores(table)
        var stream = try registry.makeStreaming(specification)
        for row in values.indices {
            let before = values[row].isFinite ? [] : stream.snapshot()
            let reading = stream.update(time: times[row], value: values[row])
            if !values[row].isFinite {
                guard reading.readiness == .missing, reading.rawScore == 0, stream.snapshot() == before else {
                    return ["\(name): row \(row) is missing and was learned or scored"]
                }
            }
            guard reading.rawScore.bitPattern == output.scores[row].bitPattern else {
                return ["\(name): row \(row) scores \(reading.rawScore) streamed and \(output.scores[row]) in a table"]
            }
            if reading.readiness != .ready, reading.rawScore != 0 {
                return ["\(name): row \(row) is scored \(reading.rawScore) while \(reading.readiness)"]
            }
            if let expectation = reading.expectation, !Self.isSound(expectation) {
                return ["\(name): row \(row): the expectation \(expectation) is no band around a value"]
            }
        }
        return []
    }

    /// Breaking off and continuing from a snapshot must change no bit.
    private func snapshotFailures(
        _ values: [Double], _ times: [Timestamp], name: String
    ) throws(DetectorError) -> [String] {
        var random = SplitMix64(seed: 17)
        var stream = try CalibratedStream(specification, registry: registry)
        var broken = stream
        for row in values.indices {
            if random.uniform() < 0.05 || row == values.count - 1 {
                broken = try CalibratedStream(restoring: broken.snapshot(), registry: registry)
            }
            let expected = stream.update(time: times[row], value: values[row])
            let actual = broken.update(time: times[row], value: values[row])
            // NaN as a value differs from itself, so that the values are compared by their bits.
            let same =
                expected.value.bitPattern == actual.value.bitPattern && expected.rawScore == actual.rawScore
                && expected.pValue == actual.pValue && expected.anomalyScore == actual.anomalyScore
                && expected.expectation == actual.expectation && expected.readiness == actual.readiness
            guard same else { return ["\(name): row \(row) reads \(actual) after a snapshot and \(expected) without"] }
        }
        guard broken.snapshot() == stream.snapshot() else {
            return ["\(name): a restored stream's snapshot has other bytes"]
        }
        return []
    }

    /// Calibrated readings must be in range, and silent in warm-up and where nothing was measured.
    private func calibrationFailures(
        _ values: [Double], _ times: [Timestamp], name: String
    ) throws(DetectorError) -> [String] {
        var stream = try CalibratedStream(specification, registry: registry)
        for row in values.indices {
            let reading = stream.update(time: times[row], value: values[row])
            let inRange =
                reading.rawScore.isFinite && reading.rawScore >= 0 && reading.pValue > 0 && reading.pValue <= 1
                && reading.anomalyScore.isFinite && reading.anomalyScore >= 0
            guard inRange else { return ["\(name): row \(row) reads \(reading)"] }
            if reading.readiness != .ready, reading.isAnomalous || reading.anomalyScore != 0 {
                return ["\(name): row \(row) is anomalous while \(reading.readiness)"]
            }
        }
        return []
    }

    /// A snapshot that was cut or changed must be refused with an error.
    private func damageFailures() -> [String] {
        do {
            var stream = try registry.makeStreaming(specification)
            for (row, value) in GeneratedSeries(seed: 19, rows: 300).values.enumerated() {
                _ = stream.update(time: Timestamp(milliseconds: Int64(row) * 60_000), value: value)
            }
            let name = type(of: stream).descriptor.name
            let bytes = stream.snapshot()
            var damaged = [bytes.dropLast(1), bytes.prefix(bytes.count / 2), bytes[..<0], bytes + [0]].map(Array.init)
            for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
                var copy = bytes
                copy[position] ^= 0x10
                damaged.append(copy)
            }
            for (number, copy) in damaged.enumerated() {
                do {
                    _ = try registry.restoreStreaming(name, from: copy)
                    return ["damaged snapshot \(number) is accepted"]
                } catch .invalidSnapshot {
                } catch {
                    return ["damaged snapshot \(number) gives another error than invalidSnapshot: \(error)"]
                }
            }
            return []
        } catch {
            return ["the stream cannot be made: \(error)"]
        }
    }
}
