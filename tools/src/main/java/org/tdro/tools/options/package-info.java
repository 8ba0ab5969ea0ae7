/** What commands share: groups of options, the configuration given as {@code key=value}, tables of text. */
package org.tdro.tools.options;
