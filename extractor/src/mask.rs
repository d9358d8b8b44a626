//! Text in, the money, dates, percentages and addresses in it out, each as one span, before tokens are cut.
