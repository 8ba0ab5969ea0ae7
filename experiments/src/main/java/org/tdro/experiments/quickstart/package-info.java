/**
 * The collection that {@code tdro quickstart} trains on, embedded so that a first run needs no download.
 *
 * <p>A domain is a list of fact rows (read from a table or drawn with {@link org.tdro.experiments.quickstart.Dice}) and a
 * sheet of phrases that puts each fact into words, once as a passage and several times as a question. All facts, phrases
 * and invented names are this project's own. Reading order: {@link org.tdro.experiments.quickstart.QuickstartDomain} (what
 * there is), {@link org.tdro.experiments.quickstart.PhraseSheet} (rows to text),
 * {@link org.tdro.experiments.quickstart.Pool} (what is held out, what makes a hard negative),
 * {@link org.tdro.experiments.quickstart.QuickstartCollection} (files).
 */
package org.tdro.experiments.quickstart;
