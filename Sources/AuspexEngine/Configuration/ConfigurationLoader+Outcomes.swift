import AuspexChanges
import AuspexDocuments
import AuspexSignals

/// `outcomes:`
extension ConfigurationLoader {
    static func apply(_ reader: inout MappingReader, to policy: inout OutcomePolicy) {
        if let share = reader.optionalDouble("blame", in: 0.05...1) { policy.leastBlame = share }
        if let span = reader.optionalDuration("label_after", in: .hours(1) ... .hours(24 * 180)) {
            policy.labelAfter = span
        }
        if let span = reader.optionalDuration("train_every", in: .hours(1) ... .hours(24 * 90)) {
            policy.trainEvery = span
        }
        if let span = reader.optionalDuration("look_every", in: .seconds(10) ... .hours(24)) {
            policy.lookEvery = span
        }
        reader.finish()
    }
}
