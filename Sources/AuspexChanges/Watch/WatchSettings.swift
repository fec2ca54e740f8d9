package import AuspexSignals

/// How changes are watched after they have been carried out. Every member has a default.
package struct WatchSettings: Hashable, Sendable, Codable {
    /// Whether they are. Default yes.
    package var isEnabled = true
    /// For how long. Default 30 minutes.
    package var length = TimeSpan.minutes(30)
    /// How much of the time before a change is its baseline, as far as it is known. Default 1 hour.
    package var baseline = TimeSpan.minutes(60)
    /// The chance of failing a change that makes nothing worse, over all metrics, all looks and the last one. Default
    /// 0.02.
    package var alpha = 0.02
    /// How many times as high or low a metric may be for an early pass; over 1. Default 1.5.
    package var tolerated = 1.5
    /// How large a difference must be to count, 0.1 for a tenth. Default 0.1.
    package var minimumEffect = 0.1
    /// How many changes are watched at a time; further ones are refused and counted. Default 64.
    package var mostWatches = 64

    /// Creates the defaults.
    package init() {}
}
