import AuspexChanges
import AuspexDocuments
import AuspexSignals

extension ConfigurationLoader {
    /// `gate.judge:`
    static func apply(_ reader: inout MappingReader, to judge: inout WatchSettings) {
        if let flag = reader.optionalBool("enabled") { judge.isEnabled = flag }
        if let span = reader.optionalDuration("for", in: .minutes(5) ... .hours(4)) { judge.length = span }
        let past = TimeSpan.minutes(10) ... .minutes(Int64(MinuteHistory.capacity) - 5)
        if let span = reader.optionalDuration("baseline", in: past) { judge.baseline = span }
        if let alpha = reader.optionalDouble("alpha", in: 0.0001...0.5) { judge.alpha = alpha }
        if let times = reader.optionalDouble("tolerated", in: 1.01...100) { judge.tolerated = times }
        if let effect = reader.optionalDouble("minimum_effect", in: 0...10) { judge.minimumEffect = effect }
        if let count = reader.optionalInt("max_watches", in: 1...1_000) { judge.mostWatches = Int(count) }
        reader.finish()
    }
}
