import AuspexDocuments
import AuspexRules
import AuspexSignals

/// `incidents:`
extension ConfigurationLoader {
    static func apply(_ reader: inout MappingReader, to settings: inout IncidentSettings) {
        if let span = reader.optionalDuration("window", in: .seconds(1) ... .hours(24)) { settings.window = span }
        if let depth = reader.optionalInt("depth", in: 0...10) { settings.depth = Int(depth) }
        if let names = reader.optionalStrings("agree") { settings.agree = names }
        if let names = reader.optionalStrings("together") { settings.together = names }
        if let span = reader.optionalDuration("quiet", in: .zero ... .hours(24)) { settings.quiet = span }
        if let span = reader.optionalDuration("reopen_within", in: .zero ... .hours(24 * 7)) {
            settings.reopenWithin = span
        }
        if let span = reader.optionalDuration("lookback", in: .zero ... .hours(24 * 7)) { settings.lookback = span }
        if let suspicion = reader.optionalDouble("shared_suspicion", in: 0...1) {
            settings.sharedSuspicion = suspicion
        }
        if let span = reader.optionalDuration("allow_late", in: .zero ... .hours(1)) { settings.allowLate = span }
        if var section = reader.optionalMapping("storm") { apply(&section, to: &settings.storm) }
        reader.finish()
    }

    private static func apply(_ reader: inout MappingReader, to storm: inout IncidentSettings.Storm) {
        let bounds = 1...Int64(IncidentSettings.Storm.largest)
        if let count = reader.optionalInt("alerts_per_minute", in: bounds) { storm.alertsPerMinute = Int(count) }
        if let count = reader.optionalInt("services", in: bounds) { storm.services = Int(count) }
        if let span = reader.optionalDuration("cool_down", in: .minutes(1) ... .hours(24)) { storm.coolDown = span }
        reader.finish()
    }
}
